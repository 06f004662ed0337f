"""Making an instance takes the process down.

Caught by: `cases`, which says "it took its process down".
"""

import os

from broken_problems._healthy import LeastNumber


class CrashingMake(LeastNumber):
    """Making an instance takes the process down."""

    def make(self, case, rng):
        os.abort()
