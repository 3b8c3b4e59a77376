"""Running a detector over the pool, and storing what it finds."""
