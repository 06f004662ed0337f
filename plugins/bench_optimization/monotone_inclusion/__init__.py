"""Monotone inclusion: find where a finite sum of monotone operators vanishes, over a constraint."""
