"""It has no suite that runs in seconds.

Caught by: `declared`, which says "has no suite 'smoke'".
"""

from typing import ClassVar

from broken_problems._healthy import LeastNumber


class NoSmoke(LeastNumber):
    """It has no suite that runs in seconds."""

    suites: ClassVar = {"standard": ["uniform"]}
