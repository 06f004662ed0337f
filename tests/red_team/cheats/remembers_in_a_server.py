"""Leaves a process behind that keeps the answers for the next run."""

import subprocess
import sys
import time
from dataclasses import dataclass

from harness.api import Solver

SERVER = """
import socket, time
server = socket.socket(socket.AF_UNIX)
server.bind(chr(0) + "red-team")
time.sleep(600)
"""


@dataclass(frozen=True)
class RemembersInAServer(Solver):
    """Leaves a process behind that keeps the answers for the next run."""

    problem = "vault"

    def solve(self, data, rng):
        subprocess.Popen([sys.executable, "-S", "-c", SERVER], start_new_session=True)
        time.sleep(0.3)
        yield data["noisy"].copy()
