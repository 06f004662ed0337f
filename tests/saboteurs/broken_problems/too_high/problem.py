"""Its oracle is no lower bound.

Caught by: `exact`, which says "less than the exact optimum".
"""

from broken_problems._healthy import LeastNumber


class TooHigh(LeastNumber):
    """Its oracle is no lower bound."""

    def exact(self, instance):
        return float(instance.data["values"].max()) + 1.0
