"""Its symmetry turns answers back into none.

Caught by: `symmetries_hold`, which says "mend back() of the symmetry".
"""

from broken_problems._healthy import LeastNumber

from harness.api import Instance, Symmetry


class BackToNowhere(LeastNumber):
    """Its symmetry turns answers back into none."""

    def symmetries(self, instance, rng):
        yield Symmetry(
            "nothing done",
            Instance(instance.data, sizes=instance.sizes),
            back=lambda answer: answer + len(instance.data["values"]),
        )
