"""Pre-labelling: running a detector over the pool, and storing what it finds."""
