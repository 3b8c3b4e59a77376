"""Images of the pool: scan, decode ahead, thumbnails, files that moved or changed."""
