"""Widgets that know nothing of a feature: dialog base, path field, progress row, charts."""
