"""Regression by the p-th power of residuals: what a product of factors does to gradient descent."""
