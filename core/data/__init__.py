"""What can be trained on: reading files, cutting text into words, and the corpus on disk."""
