"""It has no cases.

Caught by: `declared`, which says "has no families".
"""

from typing import ClassVar

from broken_problems._healthy import LeastNumber


class NoFamilies(LeastNumber):
    """It has no cases."""

    families: ClassVar = {}
    suites: ClassVar = {}
