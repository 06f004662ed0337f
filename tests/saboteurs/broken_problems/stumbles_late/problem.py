"""Its score stumbles over an index that is out of range.

Caught by: `rejects`, which says "with IndexError".
"""

from broken_problems._healthy import LeastNumber

from harness.api import InvalidAnswer


class StumblesLate(LeastNumber):
    """Its score stumbles over an index that is out of range."""

    def score(self, instance, answer):
        if type(answer) is not int:
            raise InvalidAnswer("expected an index")
        return float(instance.data["values"][answer]), {}
