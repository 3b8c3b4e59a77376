"""Retraining: its run, dialogs, schedule, rounds and advice."""
