"""The drawing surface: view, painting and tools."""
