"""Its normal form is another one each time.

Caught by: `normal_forms`, which says "gives two forms of one answer".
"""

import itertools

from broken_problems._healthy import LeastNumber

_CALLS = itertools.count()


class RestlessForm(LeastNumber):
    """Its normal form is another one each time."""

    def normal(self, instance, answer):
        return answer, next(_CALLS)
