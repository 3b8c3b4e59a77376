"""Export of the labelled set as a dataset."""
