"""A new project, and the demo project."""
