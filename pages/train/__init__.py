"""Pages of the section “train”."""
