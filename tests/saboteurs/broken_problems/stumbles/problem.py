"""Its score stumbles over what is no answer.

Caught by: `rejects`, which says "meets None with TypeError".
"""

from broken_problems._healthy import LeastNumber


class Stumbles(LeastNumber):
    """Its score stumbles over what is no answer."""

    def score(self, instance, answer):
        return float(instance.data["values"][int(answer)]), {}
