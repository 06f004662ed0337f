"""It has no title.

Caught by: `declared`, which says "title is ''".
"""

from broken_problems._healthy import LeastNumber


class NoTitle(LeastNumber):
    """It has no title."""

    title = ""
