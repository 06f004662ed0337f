"""Its normal form forgets the answer, so that all answers would be equal.

Caught by: `normal_forms`, which says "gives the form of another answer, but one costs".
"""

from broken_problems._healthy import LeastNumber


class OneFormForAll(LeastNumber):
    """Its normal form forgets the answer, so that all answers would be equal."""

    def normal(self, instance, answer):
        return len(instance.data["values"])
