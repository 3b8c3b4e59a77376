"""Import and export of datasets."""
