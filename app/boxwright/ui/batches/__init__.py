"""Drawing the next batch, and comparing the rules that choose it."""
