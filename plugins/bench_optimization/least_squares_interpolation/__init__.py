"""Least squares whose rows can all be met at once, or nearly so, by sampled gradients."""
