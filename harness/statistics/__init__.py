"""One file per statistic; each takes tidy frames and returns frames."""
