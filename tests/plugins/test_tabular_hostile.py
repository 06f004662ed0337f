"""Containers from hostile hands: decoding them takes no gigabytes, does not hang, does not crash.

What is decoded runs in a process of its own, whose memory and time are bounded, so that a decoder
that asks for gigabytes fails there, and one that crashes or hangs is told.
"""

import subprocess
import sys

import pytest

pytest.importorskip("zstandard", reason="the coder zstd is of the package zstandard")

SHARED = """
import resource
import numpy as np
import zstandard
from pathlib import Path
from bench_text.tabular_compression._container import CODERS, LAYOUTS, decode, encode
from bench_text.tabular_compression._streams import FormatError

def tried(content, shape, letters):
    try:
        found = decode(np.frombuffer(bytes(content), np.uint8), shape, letters)
    except FormatError as error:
        assert str(error)
        return 0
    assert found.shape == shape
    return 1

def bounded(megabytes):
    # all that decoding imports is there before the bound
    table = np.arange(12).reshape(3, 4) % 3
    for coder in CODERS:
        decode(encode(table, coder), (3, 4), 3)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + (megabytes << 20),) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
"""

MUTATED = """
rng = np.random.default_rng(0)
table = rng.integers(3, size=(24, 17)).astype(np.uint16)
containers = []
for coder in CODERS:
    for layout in LAYOUTS:
        if layout == "lines" and coder != "kt":
            continue
        choices = {}
        if layout == "blocks":
            choices["classes"] = rng.integers(4, size=24), rng.integers(3, size=17)
        if layout == "sorted":
            choices["order"] = rng.permutation(24)
        containers.append(encode(table, coder, layout, packed=True, **choices).tobytes())
bounded(300)
huge = [b"\\xff" * 8 + b"\\x0f", b"\\xff" * 4 + b"\\x0f", b"\\x80" * 4 + b"\\x04", b"\\xff\\x7f"]
accepted = number = 0
for content in containers:
    for _ in range(250):
        wrong = bytearray(content)
        kind = rng.integers(6)
        at, to = sorted(rng.integers(1, len(wrong) + 1, 2).tolist())
        if kind == 0:
            wrong[at:to] = b""
        elif kind == 1:
            wrong[at:at] = wrong[at:to]
        elif kind == 2:
            other = containers[rng.integers(len(containers))]
            wrong[at:] = other[-(len(other) // 2) :]
        elif kind == 3:
            wrong[at:at + 1] = huge[rng.integers(len(huge))]
        elif kind == 4:
            wrong[at:to] = rng.bytes(to - at)
        else:
            wrong[0] = rng.integers(128)
        accepted += tried(wrong, table.shape, 3)
        number += 1
print(number, accepted)
"""

CRAFTED = """
from bench_text.tabular_compression._streams import Writer
from bench_text.tabular_compression._container import _number_bytes
shape, rng = (512, 512), np.random.default_rng(0)
side = Writer()
for _ in range(2):
    side.counts(np.arange(512, dtype=np.uint16) // 2, 256)
labels = side.finish().tobytes()
def head(coder, letters):
    first = CODERS.index(coder) | LAYOUTS.index("blocks") << 3
    return bytes([first]) + b"".join(map(_number_bytes, [512, 512, letters, 256, 256]))
bounded(400)
# 65,536 blocks of four letters, each a frame that asks for a window of 128 MiB
frame = b"\\x00" + bytes([(27 - 10) << 3]) + (1 | 4 << 3).to_bytes(3, "little") + bytes(4)
streams = (_number_bytes(len(frame)) + frame) * 65535 + frame
print(tried(head("zstd", 3) + _number_bytes(len(labels)) + labels + streams, shape, 3))
# the same number of blocks by ans, each of 65,536 letters
print(tried(head("ans", 65536) + _number_bytes(len(labels)) + labels + bytes(99), shape, 65536))
# a window of 2^41 bytes
window = b"\\x00\\xff" + (1 | 4 << 3).to_bytes(3, "little") + bytes(4)
print(tried(bytes([CODERS.index("zstd"), 2, 2, 3]) + window, (2, 2), 3))
# nothing but ones for every coder and layout, with right heads
for coder in range(8):
    for layout in range(4):
        for letters in (1, 3, 65536):
            numbers = [512, 512, letters] + [256, 256] * (layout == 2)
            first = bytes([coder | layout << 3]) + b"".join(map(_number_bytes, numbers))
            for rest in (b"\\xff" * 3000, bytes(3000), bytes([200, 1]) + b"\\xff" * 3000):
                tried(first + rest, shape, 65536)
"""


def run(script):
    done = subprocess.run(
        [sys.executable, "-c", SHARED + script], capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return [[int(word) for word in line.split()] for line in done.stdout.splitlines()]


def test_mutated_containers():
    ((number, accepted),) = run(MUTATED)
    assert number == 250 * 25  # of eight coders, three layouts, and one more by counts
    assert accepted < number // 4  # such as letters changed within stored ones


def test_crafted_containers():
    assert run(CRAFTED) == [[1], [0], [0]]  # the first one is only large in what it asks for
