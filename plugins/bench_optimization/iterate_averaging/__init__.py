"""Averages and schedules of stochastic gradient descent, on streams whose exact risk is known."""
