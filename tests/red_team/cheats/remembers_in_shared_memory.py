"""Remembers answers in System V shared memory, which outlives processes."""

import ctypes
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class RemembersInSharedMemory(Solver):
    """Remembers answers in System V shared memory, which outlives processes."""

    problem = "vault"

    def solve(self, data, rng):
        libc = ctypes.CDLL(None, use_errno=True)
        segment = libc.shmget(0x5EED, 4096, 0o1600)
        if segment < 0:
            raise PermissionError(ctypes.get_errno(), "no shared memory")
        yield data["noisy"].copy()
