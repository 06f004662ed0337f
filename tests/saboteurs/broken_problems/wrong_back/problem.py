"""Its symmetry turns answers back wrongly.

Caught by: `symmetries_hold`, which says "mend back() or cost()".
"""

import numpy as np
from broken_problems._healthy import LeastNumber

from harness.api import Instance, Symmetry


class WrongBack(LeastNumber):
    """Its symmetry turns answers back wrongly."""

    def symmetries(self, instance, rng):
        values = instance.data["values"]
        yield Symmetry(
            "numbers reversed",
            Instance({"values": np.ascontiguousarray(values[::-1])}, sizes=instance.sizes),
        )
