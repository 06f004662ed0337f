"""It tells of the items up to the answer only.

Caught by: `items`, which says "tells 1 items of an answer of scan, but".
"""

import numpy as np
from broken_problems._healthy import LeastNumber


class ItemsUpToTheAnswer(LeastNumber):
    """It tells of the items up to the answer only."""

    def items(self, instance, answer):
        return np.ones(answer + 1, bool)
