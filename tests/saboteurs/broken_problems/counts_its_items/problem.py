"""It tells of each item how often it is right.

Caught by: `items`, which says "expected one boolean for each test item".
"""

import numpy as np
from broken_problems._healthy import LeastNumber


class CountsItsItems(LeastNumber):
    """It tells of each item how often it is right."""

    def items(self, instance, answer):
        return (np.arange(len(instance.data["values"])) == answer).astype(int)
