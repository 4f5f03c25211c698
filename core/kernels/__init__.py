"""Loops in numba: arrays in, arrays out, no project types."""
