"""Canvas: view, painting and tools."""
