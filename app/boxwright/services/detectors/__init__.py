"""The detectors of a project: admission, files, registry, removal."""
