"""Its score stumbles over an index that is out of range.

Caught by: `rejects`, which says "with IndexError".
"""

import numpy as np
from broken_problems._healthy import LeastNumber

from harness.api import InvalidAnswer


class StumblesLate(LeastNumber):
    """An array of one index."""

    def score(self, instance, answer):
        if not isinstance(answer, np.ndarray) or answer.shape != (1,) or answer.dtype.kind != "i":
            raise InvalidAnswer("expected an array of one index")
        return float(instance.data["values"][answer[0]]), {}
