"""Objectives whose curvature grows with their gradient, smooth and convex or not."""
