"""Main window and what belongs to it: start page, status line, banner, drop zone, application."""
