"""Remembers answers in a file, wherever one can be written."""

import contextlib
import os
import time
from dataclasses import dataclass

import numpy as np

from harness.api import Solver

FOLDERS = ("/tmp", "/var/tmp", "/dev/shm", os.path.dirname(__file__), os.path.expanduser("~"))


@dataclass(frozen=True)
class RemembersOnDisk(Solver):
    """Remembers answers in a file, wherever one can be written."""

    problem = "vault"

    def solve(self, data, rng):
        for folder in FOLDERS:
            name = os.path.join(folder, "red-team-memory.npy")
            if os.path.exists(name):
                yield np.load(name)
                return
        time.sleep(0.05)
        for folder in FOLDERS:
            with contextlib.suppress(OSError):
                np.save(os.path.join(folder, "red-team-memory.npy"), data["noisy"])
        yield data["noisy"].copy()
