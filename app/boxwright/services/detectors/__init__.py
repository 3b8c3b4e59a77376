"""Detectors of a project: admission, files, registry, removal."""
