"""Its score takes indexes between the numbers, and goes on beyond them.

Caught by: `exact`, which says "less than the exact optimum".
"""

import math

from broken_problems._healthy import LeastNumber

from harness.api import InvalidAnswer


class Sloppy(LeastNumber):
    """Its score takes indexes between the numbers, and goes on beyond them."""

    def score(self, instance, answer):
        values = instance.data["values"]
        if type(answer) is not float or not math.isfinite(answer):
            raise InvalidAnswer("expected a position")
        return float(values[0]) - answer, {}
