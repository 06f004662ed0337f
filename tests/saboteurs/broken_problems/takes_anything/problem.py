"""Its score takes nothing for an answer.

Caught by: `rejects`, which says "takes None for an answer".
"""

from broken_problems._healthy import LeastNumber


class TakesAnything(LeastNumber):
    """Its score takes nothing for an answer."""

    def score(self, instance, answer):
        return (9.0, {}) if answer is None else super().score(instance, answer)
