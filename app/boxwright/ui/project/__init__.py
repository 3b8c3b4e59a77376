"""Open project as the window works with it: workspace, queue, saving, background tasks."""
