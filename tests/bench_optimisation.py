"""Figures of the kernels of first-order optimisation, for `make bench-self`."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report


def optimisers(folder: Path) -> None:
    """Bytes that a fused update moves in a second, against numpy's x += g, and a plain copy.

    Arrays of 1e7 float32 parameters come from memory, so that the bytes are the floor. A rule with
    b buffers reads x, g and its buffers and writes x and its buffers: 12 + 8 b bytes a parameter,
    of which x += g moves 12, in place too. Both are taken in turn.
    """
    from bench_optimization._rules.adam import Adam
    from bench_optimization._rules.ademamix import AdEMAMix
    from bench_optimization._rules.amsgrad import AMSGrad
    from bench_optimization._rules.lion import Lion
    from bench_optimization._rules.momentum import Momentum
    from bench_optimization._rules.sgd import SGD

    n, rounds = 10_000_000, 21
    rng = np.random.default_rng(0)
    x, g = rng.random((2, n), np.float32)

    target = np.empty_like(x)
    copies = sorted(_seconds(lambda: np.copyto(target, x)) for _ in range(rounds))[1:]
    speed = 8 * n / statistics.median(copies) / 1e9
    report("copy of 1e7 float32, reads and writes counted", f"{speed:.1f} GB/s", "")

    for rule in (SGD(), Lion(), Momentum(), Adam(), AMSGrad(), AdEMAMix()):
        rule.start([x])
        updates, sums = [], []
        for turn in range(rounds + 1):
            sums.append(_seconds(lambda: np.add(x, g, out=x)))
            updates.append(_seconds(lambda rule=rule: rule.step([x], [g], 1e-6)))
            if turn == 0:  # the first touches the pages
                updates.clear()
                sums.clear()
        moved = (12 + 8 * rule.buffers) * n / statistics.median(updates) / 1e9
        floor = 12 * n / statistics.median(sums) / 1e9
        what = f"{type(rule).__name__}, 1e7 float32 parameters"
        figure = f"{moved:.1f} GB/s, {moved / floor:.0%} of x += g's {floor:.1f}"
        report(what, figure, ">= 70 %")


def _seconds(work: Callable[[], object]) -> float:
    """On the processor: a neighbour that takes it away does not count."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def newton_schulz(folder: Path) -> None:
    """Five quintic steps by the kernel and by numpy's BLAS, its symmetric product included."""
    from bench_optimization._rules.newton_schulz import EPSILON, QUINTIC, iteration

    def by_blas(g: np.ndarray) -> np.ndarray:
        a, b, c = (g.dtype.type(value) for value in QUINTIC)
        x = g / (np.linalg.norm(g) + g.dtype.type(EPSILON))
        p, q = (np.empty((len(g), len(g)), g.dtype) for _ in range(2))
        change = np.empty_like(x)
        for _ in range(5):
            np.matmul(x, x.T, out=p)  # numpy takes syrk for it
            np.matmul(p, p.T, out=q)
            q *= c
            p *= b
            q += p
            np.matmul(q, x, out=change)
            x *= a
            x += change
        return x

    rng = np.random.default_rng(0)
    shapes = ((16, 16), (64, 64), (128, 128), (256, 1024), (512, 512), (1024, 1024))
    for dtype in (np.float32, np.float64):
        for rows, cols in shapes:
            g = rng.normal(size=(rows, cols)).astype(dtype)
            out = np.empty_like(g)
            apply = iteration(g.shape, dtype, [QUINTIC] * 5)
            operations = 5 * (4 * rows**2 * cols + 2 * rows**3)
            calls = 1 + 100_000_000 // operations

            def kernel(apply=apply, g=g, out=out, calls=calls) -> None:
                for _ in range(calls):
                    apply(g, out)

            def blas(g=g, calls=calls) -> None:
                for _ in range(calls):
                    by_blas(g)

            kernel()
            blas()
            taken = in_turn(blas, kernel, 9)
            speed = operations * calls / np.median(taken[:, 1]) / 1e9
            figure = f"{ratio(taken)}; {speed:.0f} GF/s"
            what = f"Newton-Schulz {rows} x {cols} {np.dtype(dtype).name} / numpy"
            report(what, figure, "<= 1")
