"""Torch code. It imports torch at the top, so it is itself imported only inside functions of a training process."""
