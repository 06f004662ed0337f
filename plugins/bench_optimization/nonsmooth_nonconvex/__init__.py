"""Non-smooth non-convex optimisation: points near which gradients cancel."""
