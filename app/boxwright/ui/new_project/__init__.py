"""Making a new project, and the demo project."""
