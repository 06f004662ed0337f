"""Statistics of the pack."""
