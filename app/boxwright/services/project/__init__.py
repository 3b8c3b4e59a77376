"""A project: its folder, labels, writer, backups, classes, splits, figures."""
