"""It tells of items only where the answer is the best one.

Caught by: `items`, which says "tells nothing of an answer of scan, but 20 items of one of scan".
"""

import numpy as np
from broken_problems._healthy import LeastNumber


class ItemsOfTheBest(LeastNumber):
    """It tells of items only where the answer is the best one."""

    def items(self, instance, answer):
        values = instance.data["values"]
        return values == values.min() if answer == np.argmin(values) else None
