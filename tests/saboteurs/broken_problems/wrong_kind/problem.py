"""Its kind is none.

Caught by: `declared`, which says "kind is 'batches'".
"""

from broken_problems._healthy import LeastNumber


class WrongKind(LeastNumber):
    """Its kind is none."""

    kind = "batches"
