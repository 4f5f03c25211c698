"""Pages of the section “judge”."""
