"""Its oracle fails where there is one number.

Caught by: `instance_untouched`, which says "exact() on uniform[n=1] raises IndexError".
"""

from broken_problems._healthy import LeastNumber


class FailsExactly(LeastNumber):
    """Its oracle fails where there is one number."""

    def exact(self, instance):
        values = sorted(instance.data["values"].tolist())
        return min(values[0], values[1])
