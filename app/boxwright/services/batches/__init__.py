"""Which images come next: batches, schedule, rounds, streams, and the figures of random slots."""
