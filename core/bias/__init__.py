"""The bias bench: metrics, and word sets with their sources."""
