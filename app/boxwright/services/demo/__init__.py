"""A project to try the program on, made from nothing: pictures of machine parts, true boxes, a starter detector."""
