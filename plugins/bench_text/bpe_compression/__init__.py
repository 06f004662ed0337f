"""Byte-pair encoding as optimisation: few tokens by a given number of merges."""
