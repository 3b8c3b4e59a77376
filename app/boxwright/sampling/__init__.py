"""Scores, aggregates and samplers: pure numpy, seeded, no I/O."""
