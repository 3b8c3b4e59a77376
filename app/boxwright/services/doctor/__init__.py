"""Doctor: what of the program works on this machine and with this project, and a report that names nobody's images."""
