"""Remembers answers in extended attributes of its own file."""

import os
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class RemembersInAttributes(Solver):
    """Remembers answers in extended attributes of its own file."""

    problem = "vault"

    def solve(self, data, rng):
        os.setxattr(__file__, "user.memory", data["noisy"].tobytes()[:64])
        yield data["noisy"].copy()
