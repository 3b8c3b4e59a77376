"""Paths, settings, logging, plug-ins and files that are replaced whole."""
