"""Its oracle sorts the data themselves.

Caught by: `instance_untouched`, which says "exact() ".
"""

from broken_problems._healthy import LeastNumber


class SortsToBeExact(LeastNumber):
    """Its oracle sorts the data themselves."""

    def exact(self, instance):
        values = instance.data["values"]
        if values.flags.writeable:
            values.sort()
        return float(values.min())
