"""Docked panels around the image: queue, boxes, classes, and the dialogs of boxes and classes."""
