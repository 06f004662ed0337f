"""A suite names a parameter that no family has.

Caught by: `cases`, which says "has no parameter 'm'".
"""

from typing import ClassVar

from broken_problems._healthy import LeastNumber


class MisspeltSuite(LeastNumber):
    """A suite names a parameter that no family has."""

    suites: ClassVar = {"smoke": ["uniform"], "large": ["uniform[m=1000]"]}
