"""Docked panels: queue, boxes, classes."""
