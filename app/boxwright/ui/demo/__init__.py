"""Played demo: an annotator who works the real window off screen with real events."""
