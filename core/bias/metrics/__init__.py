"""Bias metrics, one file each."""
