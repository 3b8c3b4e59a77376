"""Where things lie, what the person set, what is logged."""
