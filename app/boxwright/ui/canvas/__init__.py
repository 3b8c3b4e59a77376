"""The drawing surface: view, items and tools."""
