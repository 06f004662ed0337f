"""Training of byte-pair encoding: the greedy merges of a text."""
