"""Boxwright: label bounding boxes with a detector that learns from the corrections."""

__version__ = "0.1.0"
