"""Figures of byte-pair encoding, for `make bench-self`: training and encoding of 20 MB."""

import importlib.util
from collections.abc import Callable
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report

SIZE, MERGES, ROUNDS = 20_000_000, 8000, 5


def bpe(folder: Path) -> None:
    """Ours against packages on one thread, in turn, from the same bytes to the same answer.

    The floor of both is to read the text once, which a copy of its bytes shows. Training then has
    only the different words before it, and encoding 4 bytes to write for each token.
    """
    from bench_text._corpus import generated
    from bench_text.bpe_training.greedy_heap import GreedyHeap
    from bench_text.bpe_training.peer_tokenizers import PeerTokenizers
    from harness.api import Data

    text = np.frombuffer(generated(SIZE, np.random.default_rng(20)), np.uint8)
    floor = np.median(in_turn(text.copy, text.copy, ROUNDS))
    report(f"copying {SIZE / 1e6:.0f} MB", f"{floor * 1e3:.1f} ms", "the floor")

    letters = len(set(text.tolist()) - set(b"\n "))
    data = Data({"text": text, "merges": MERGES, "split": True, "alphabet": letters})
    what = f"BPE training, {SIZE / 1e6:.0f} MB, {MERGES} merges / tokenizers"
    _compare(what, "tokenizers", PeerTokenizers(), GreedyHeap(), data, "<= 1.0")
    _encoding(text)


def _encoding(text: np.ndarray) -> None:
    from bench_text.bpe_encoding.distinct_pieces import DistinctPieces
    from bench_text.bpe_encoding.lowest_first import LowestFirst
    from bench_text.bpe_encoding.peer_tiktoken import PeerTiktoken
    from bench_text.bpe_training._words import trained, words_of
    from harness.api import Data

    sample = text[:2_000_000]
    pieces = words_of(sample, True).record
    ends = np.cumsum(pieces[:, 1] + 1)
    cells = np.full(int(ends[-1]) + 1, -1, np.int32)
    for (start, length, *_), end in zip(pieces.tolist(), ends.tolist(), strict=True):
        cells[end - length : end] = sample[start : start + length]
    merges = trained(cells, 256, pieces[:, 2], MERGES)
    data = Data({"text": text, "merges": merges})
    for solver in (LowestFirst(), DistinctPieces()):
        what = f"BPE encoding by {type(solver).__name__}, {SIZE / 1e6:.0f} MB / tiktoken"
        _compare(what, "tiktoken", PeerTiktoken(), solver, data, "<= 1.0")


def _compare(
    what: str, package: str, peer: object, ours: object, data: object, wanted: str
) -> None:
    if importlib.util.find_spec(package) is None:
        report(what, f"{package} is not installed", wanted)
        return
    theirs, own = _run(peer, data), _run(ours, data)
    same = np.array_equal(theirs(), own())
    taken = in_turn(theirs, own, ROUNDS)
    seconds = np.median(taken, axis=0)
    figure = f"{ratio(taken)}; {seconds[1] * 1e3:.0f} ms{'' if same else '; ANSWERS DIFFER'}"
    report(what, figure, wanted)


def _run(solver: object, data: object) -> Callable[[], np.ndarray]:
    def run() -> np.ndarray:
        (answer,) = solver.solve(data, np.random.default_rng(0))
        return answer

    return run
