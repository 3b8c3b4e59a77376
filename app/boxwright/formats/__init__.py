"""Dataset formats: one module each, a registry, detection from a folder."""
