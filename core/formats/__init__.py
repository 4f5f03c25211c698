"""Vectors in and out, one format per file: each writes an EmbeddingSpace, and reads one where it can."""
