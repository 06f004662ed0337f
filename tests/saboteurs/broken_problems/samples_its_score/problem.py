"""Its score is drawn anew each time.

Caught by: `scores_repeat`, which says "it must compute, not sample".
"""

import numpy as np
from broken_problems._healthy import LeastNumber


class SamplesItsScore(LeastNumber):
    """Its score is drawn anew each time."""

    def score(self, instance, answer):
        cost, scores = super().score(instance, answer)
        return cost + float(np.random.default_rng().random()), scores
