"""Logistic regression: the regularised finite sum on which stochastic methods are compared."""
