"""Figures of the kernel of Hamming distances, for `make bench-self`."""

from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report


def hamming(folder: Path) -> None:
    """All distances of a pattern, by the kernels and by scipy's transforms of each letter, in turn.

    The floor of the bit-sliced count is a load and two or three logical operations for each letter
    of the pattern and 512 windows (256 without AVX-512): n m / 512 loads, 2e6 at n = 1e6 and m =
    1e3, each across two lines of the cache, so about 1.2 ms; the masks and the answer, O(n), add
    about as much. Rivals give the same int32 array, and their preparation is timed with them.
    """
    from bench_text.hamming_distances.bit_packed import BitPacked
    from bench_text.hamming_distances.bit_sliced import BitSliced
    from bench_text.hamming_distances.heavy_light import HeavyLight
    from bench_text.hamming_distances.naive import Naive
    from bench_text.hamming_distances.peer_scipy_oaconvolve import PeerOAConvolve
    from bench_text.hamming_distances.per_letter_fft import PerLetterFFT
    from harness.api import Data, Solver

    def answer(solver: Solver, data: Data) -> np.ndarray:
        return np.asarray(list(solver.solve(data, np.random.default_rng(0)))[-1])

    rng, rival = np.random.default_rng(0), PerLetterFFT()
    for n, m, alphabet, rounds in ((1_000_000, 1000, 4, 15), (400_000, 10_000, 27, 9)):
        text, pattern = (rng.integers(alphabet, size=length).astype(np.uint8) for length in (n, m))
        data = Data({"text": text, "pattern": pattern})
        right = answer(rival, data)  # the plans of the transforms are made
        for solver in (BitSliced(), BitPacked(), Naive(), HeavyLight(), PeerOAConvolve()):
            same = bool((answer(solver, data) == right).all())
            taken = in_turn(
                lambda data=data: answer(rival, data),
                lambda solver=solver, data=data: answer(solver, data),
                rounds,
            )
            figure = f"{ratio(taken)}; {np.median(taken[:, 1]) * 1e3:.1f} ms"
            what = f"{type(solver).__name__} {n:.0e} x {m:.0e}, {alphabet} letters / per-letter FFT"
            wanted = "<= 0.5" if isinstance(solver, BitSliced) else ""
            report(what, figure if same else "answers differ", wanted)
