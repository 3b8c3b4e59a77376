"""Trainers: the labelled set becomes a new detector, in a child process."""
