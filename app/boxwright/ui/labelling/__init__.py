"""Labels of the image on screen: session, undo, commands, and what is said of a box."""
