"""Figures of the coders of tables, for `make bench-self`: how fast they write and read."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench_tools import report


def tabular_compression(folder: Path) -> None:
    """Nanoseconds that a letter takes to be written and to be read, and the bits it becomes.

    A table of 5000 x 200 letters of four in 3 x 3 true classes, in blocks. The range coder divides
    64 bits by 64 once for a letter (twice for one of more than eight that it reads), each division
    waiting for the one before: that is the floor of counts. Asymmetric numeral systems read without
    a division. Compressors of bytes read as from a container that is trusted. What was read is held
    against the table.
    """
    from bench_text.tabular_compression._byte_coders import expand
    from bench_text.tabular_compression._container import CODERS, decode, encode

    rng = np.random.default_rng(0)
    rows, columns = rng.integers(3, size=5000), rng.integers(3, size=200)
    laws = rng.dirichlet(np.full(4, 0.5), (3, 3)).cumsum(axis=2)[rows[:, None], columns]
    table = (rng.random((5000, 200, 1)) > laws[..., :-1]).sum(axis=2).astype(np.uint8)
    for coder in CODERS:
        try:
            found = encode(table, coder, "blocks", classes=(rows, columns))
        except ModuleNotFoundError:
            continue  # the package zstandard is not there
        assert np.array_equal(decode(found, table.shape, 4, expand), table)
        writing = _nanoseconds(
            lambda coder=coder: encode(table, coder, "blocks", classes=(rows, columns))
        )
        reading = _nanoseconds(lambda found=found: decode(found, table.shape, 4, expand))
        size = f"{8 * len(found) / table.size:.3f} bits"
        figure = f"{writing / table.size:.1f} ns, {reading / table.size:.1f} ns"
        report(f"blocks by {coder}, a letter written, read ({size})", figure, "")


def _nanoseconds(work: Callable[[], object]) -> float:
    """On the processor, the median of five."""
    taken = []
    for _ in range(5):
        start = time.thread_time_ns()
        work()
        taken.append(time.thread_time_ns() - start)
    return statistics.median(taken)
