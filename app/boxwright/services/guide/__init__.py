"""Guide: the pages of the documentation that come with the program, as HTML and as something to search."""
