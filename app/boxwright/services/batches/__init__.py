"""Batches: which images come next, schedule, rounds, streams, and the figures of random slots."""
