"""Import of datasets: read, preview, matched to the pool, stored, undone."""
