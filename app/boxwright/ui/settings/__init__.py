"""Settings: their table and their dialog."""
