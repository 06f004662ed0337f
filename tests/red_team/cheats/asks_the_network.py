"""Fetches the answer over the network."""

import socket
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class AsksTheNetwork(Solver):
    """Fetches the answer over the network."""

    problem = "vault"

    def solve(self, data, rng):
        socket.create_connection(("127.0.0.1", 80), timeout=1)
        yield data["noisy"].copy()
