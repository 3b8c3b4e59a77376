"""Help: the guide, what is new, and the report that a person saves."""
