"""Detection accuracy: thin adapters on libraries."""
