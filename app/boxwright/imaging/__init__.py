"""Image files: header probing, upright decoding, thumbnails. Arrays in, arrays out."""
