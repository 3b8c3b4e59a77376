"""Recovery when something went wrong: backups, rescue copies, and one sentence about it."""
