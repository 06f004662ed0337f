"""It imports what nobody has.

Caught by: `declared`, which says "imports what is not installed".
"""

import no_such_library
from broken_problems._healthy import LeastNumber


class Unimportable(LeastNumber):
    """It imports what nobody has."""

    library = no_such_library
