"""The turn of the circle: the labelled set becomes a detector, which is active if it is no worse."""
