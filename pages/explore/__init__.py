"""Pages of the section “explore”."""
