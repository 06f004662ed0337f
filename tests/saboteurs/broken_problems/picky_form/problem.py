"""It has no normal form of the first index, which is an answer.

Caught by: `normal_forms`, which says "raises ZeroDivisionError".
"""

from broken_problems._healthy import LeastNumber


class PickyForm(LeastNumber):
    """It has no normal form of the first index, which is an answer."""

    def normal(self, instance, answer):
        return 1 / answer
