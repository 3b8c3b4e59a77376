"""Value types of the program: frozen dataclasses and numpy, no I/O."""
