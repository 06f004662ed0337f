"""Its symmetry says a wrong cost.

Caught by: `symmetries_hold`, which says "which makes it".
"""

from broken_problems._healthy import LeastNumber

from harness.api import Instance, Symmetry


class WrongCost(LeastNumber):
    """Its symmetry says a wrong cost."""

    def symmetries(self, instance, rng):
        values = instance.data["values"]
        yield Symmetry(
            "numbers doubled",
            Instance({"values": values * 2}, sizes=instance.sizes),
            cost=lambda cost: 4 * cost,
        )
