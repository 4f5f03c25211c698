"""Two- and three-dimensional maps of a space, one method per file."""
