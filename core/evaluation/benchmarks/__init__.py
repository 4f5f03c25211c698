"""Scores of a space, one file each."""
