"""Writes the end of its run into the channel by its own hand."""

import contextlib
import json
import os
import struct
import time
from dataclasses import dataclass

from harness.api import Solver


@dataclass(frozen=True)
class ForgesTheEnding(Solver):
    """Writes the end of its run into the channel by its own hand."""

    problem = "vault"

    def solve(self, data, rng):
        yield data["noisy"].copy()
        time.sleep(0.8)
        ending = {"why": "finished", "seconds": 0.001, "cpu": 0.001, "calls": 0, "answers": 1}
        payload = json.dumps({**ending, "latencies": [], "build": 0.0}).encode()
        for descriptor in range(3, 64):
            with contextlib.suppress(OSError):
                os.write(descriptor, struct.pack("<cQ", b"E", len(payload)) + payload)
        os._exit(0)
