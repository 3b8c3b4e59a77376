"""Projects: folder, labels, writer, backups, classes, splits, figures."""
