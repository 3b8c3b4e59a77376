"""Retraining in the window: its run, dialogs, schedule, rounds and advice."""
