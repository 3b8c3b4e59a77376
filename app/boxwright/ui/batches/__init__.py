"""Dialogs of batches: drawing the next one, and comparing the rules that choose it."""
