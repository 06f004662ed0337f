"""Says that its good answer was there at the start."""

import sys
import time
from dataclasses import dataclass

from harness.api import Solver
from harness.run import Point


@dataclass(frozen=True)
class BackdatesAnAnswer(Solver):
    """Says that its good answer was there at the start."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"] + 100.0
        time.sleep(0.8)
        frame = sys._getframe()
        while frame is not None:
            sender = frame.f_locals.get("sender")
            if sender is not None:
                sender.point(Point(0.001, 0, 2, data["noisy"].copy()), hold=False)
            frame = frame.f_back
        yield data["noisy"].copy()
