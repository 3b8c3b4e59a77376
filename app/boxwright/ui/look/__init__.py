"""Theme, colours, icons, and how names and pixels are put on screen."""
