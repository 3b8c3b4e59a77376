"""Retraining: facts, request, the run in a child process, the new detector registered."""
