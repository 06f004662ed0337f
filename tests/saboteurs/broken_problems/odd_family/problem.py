"""A family is no dict of parameters.

Caught by: `declared`, which says "expected its parameters".
"""

from typing import ClassVar

from broken_problems._healthy import LeastNumber


class OddFamily(LeastNumber):
    """A family is no dict of parameters."""

    families: ClassVar = {"uniform": ["n"]}
