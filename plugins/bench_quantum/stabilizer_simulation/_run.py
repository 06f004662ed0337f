"""How the tableau kernels are run: text in, record out, a slice of operations at a time."""

from typing import Any

import numpy as np

from bench_quantum._circuit import parse
from bench_quantum.stabilizer_simulation._program import Program, compile_circuit
from harness.api import kernel

_WORDS_PER_SLICE = 1 << 26  # about a tenth of a second


def prepare(data: Any, rng: np.random.Generator) -> tuple[Program, np.ndarray]:
    """The circuit as a program, and its coins, uint8."""
    circuit = parse(data.circuit)
    if circuit.n_qubits > len(circuit.targets):  # most numbers are of no qubit
        circuit = circuit.compacted()
    program = compile_circuit(circuit)
    return program, rng.integers(2, size=program.n_coins, dtype=np.uint8)


def run_inverse(program: Program, coins: np.ndarray, keep: bool = False) -> np.ndarray:
    """The record by the inverse tableau; with `keep` all of its rows are kept up to date."""
    own = kernel("tableau")
    n, ops, count = program.n_qubits, program.ops, len(program.ops)
    _expect_sound(own.tb_sound(n, ops, count), count)
    table = _aligned(2 * n * own.tb_stride(n))
    phases, places = np.empty(2 * n, np.uint8), np.empty(2 * n, np.int32)
    last, counts = np.empty(2 * n, np.int64), np.empty(2, np.int64)
    record = np.empty(program.n_records, np.uint8)
    own.tb_start(n, ops, count, int(keep), table, phases, places, last, counts)
    at, slice_ = 0, 1 + _WORDS_PER_SLICE // own.tb_stride(n)
    while at < count:
        buffers = (coins, table, phases, places, last, record, counts)
        at = _expect_memory(own.tb_run(n, ops, count, at, at + slice_, *buffers))
    return record


def run_chp(program: Program, coins: np.ndarray) -> np.ndarray:
    """The record by stabilizers and destabilizers."""
    own = kernel("chp")
    n, ops, count = program.n_qubits, program.ops, len(program.ops)
    _expect_sound(own.chp_sound(n, ops, count), count)
    words = own.chp_words(n)
    table, phases = _aligned(4 * n * words), _aligned(4 * words)
    counts, record = np.empty(2, np.int64), np.empty(program.n_records, np.uint8)
    own.chp_start(n, table, phases, counts)
    at, slice_ = 0, 1 + _WORDS_PER_SLICE // (4 * words)
    while at < count:
        at = _expect_memory(
            own.chp_run(n, ops, count, at, at + slice_, coins, table, phases, record, counts)
        )
    return record


def _aligned(words: int) -> np.ndarray:
    """Room whose vectors don't cross lines of the cache."""
    room = np.empty(words + 8, np.uint64)
    start = -(room.ctypes.data // 8) % 8
    return room[start : start + words]


def _expect_sound(found: int, count: int) -> None:
    if found != count:
        raise AssertionError(f"operation {found} is not sound")


def _expect_memory(at: int) -> int:
    if at < 0:
        raise MemoryError("there is no memory for a batch of measurements")
    return at
