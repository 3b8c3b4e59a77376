"""The child process: verbs in, JSON lines out."""
