"""The active-learning experiment: a labelled set plays the worker, and samplers compete for its labels."""
