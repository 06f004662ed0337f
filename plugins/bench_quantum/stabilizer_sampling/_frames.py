"""Blocks of shots through the kernel `pauli_frames`."""

from collections.abc import Iterator

import numpy as np

from bench_quantum._circuit import Circuit
from bench_quantum.stabilizer_sampling._program import Program, lower
from bench_quantum.stabilizer_sampling._reference import by_inverse_tableau
from harness.api import kernel

_PIECE = 200_000  # row operations at a time, about a millisecond
_LEAST, _MOST = 8, 64  # words of a row
_CACHE = 1 << 19  # bytes of frames that a core's own cache holds beside the records


def samples(
    circuit: Circuit, shots: int, detectors: bool, rng: np.random.Generator, words: int = 0
) -> Iterator[np.ndarray | None]:
    """Sample a circuit: uint8[shots, ceil(bits / 8)] when it is done, and None before.

    Args:
        circuit: what is sampled.
        shots: how many samples.
        detectors: whether detectors and observables are wanted, or measurements.
        rng: seeds the kernel's generator.
        words: of 64 shots in a block; 0 leaves the choice.
    """
    reference = None if detectors else np.packbits(by_inverse_tableau(circuit), bitorder="little")
    yield from sample(lower(circuit, detectors), shots, detectors, rng, reference, words)


def drawn(circuit: Circuit, shots: int, detectors: bool, rng: np.random.Generator) -> np.ndarray:
    """The same at once."""
    *_, found = samples(circuit, shots, detectors, rng)
    assert found is not None
    return found


def words_for(program: Program, shots: int) -> int:
    """Words of a row: as many as the frames fit into the cache with, and the shots fill."""
    words = _LEAST
    while (
        words < _MOST and 64 * words < shots and 2 * 16 * words * max(program.qubits, 1) <= _CACHE
    ):
        words *= 2
    return words


def sample(
    program: Program,
    shots: int,
    detectors: bool,
    rng: np.random.Generator,
    reference: np.ndarray | None = None,
    words: int = 0,
) -> Iterator[np.ndarray | None]:
    """The same of a program.

    Args:
        program: made for detectors or for measurements.
        shots, detectors, rng, words: as above.
        reference: uint8[ceil(bits / 8)], the noiseless sample relative to which flips are.
    """
    run = kernel("pauli_frames").pf_run
    words = words or words_for(program, shots)
    stride = (program.bits + 7) // 8
    out = np.zeros((shots, stride), np.uint8)
    known = np.zeros(stride + 15 & ~7, np.uint8)
    if reference is not None:
        known[:stride] = reference
    rows = kernel("pauli_frames").pf_pending_rows()
    ring = 1 << (program.longest + (0 if detectors else rows)).bit_length()
    random = np.zeros(kernel("pauli_frames").pf_random_words(), np.uint64)
    random[:32] = rng.integers(1, 2**64, 32, np.uint64, endpoint=False)
    frames = np.empty(max(2 * program.qubits, 1) * words, np.uint64)
    records = np.empty(ring * words, np.uint64)
    pending = np.empty(rows * words, np.uint64)
    observables = np.empty(max(program.observables, 1) * words, np.uint64)
    scratch = np.empty(2 * words, np.uint64)
    waits = np.full(max(len(program.scale), 1), -1, np.int64)
    for begin in range(0, shots, 64 * words):
        count = min(64 * words, shots - begin)
        state = np.zeros(8 + program.depth, np.int64)
        while not run(
            program.op,
            program.first,
            program.targets,
            program.value,
            program.rounds,
            len(program.op),
            program.scale,
            waits,
            program.thresholds,
            program.qubits,
            program.observables,
            words,
            frames,
            records,
            ring,
            pending,
            observables,
            scratch,
            random,
            state,
            int(detectors),
            known.view(np.uint64),
            count,
            stride,
            out[begin:],
            _PIECE,
        ):
            yield None
    yield out
