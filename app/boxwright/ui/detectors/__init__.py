"""Dialogs of detectors: adding, questions about them, class map, running them on the pool."""
