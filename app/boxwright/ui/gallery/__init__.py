"""Gallery: the whole pool as a grid of pictures, found, sorted, chosen, and acted on together."""
