"""Shared by the statistics of this folder."""

import numpy as np


def firsts(ranks):
    """bool[solvers, cases]: who ranks first on a case; all of them in a tie."""
    return ranks == np.nanmin(ranks, axis=0)
