"""The noiseless sample in which every random result is 0 (before it is inverted)."""

import numpy as np

from bench_quantum._circuit import Circuit
from bench_quantum.stabilizer_simulation._program import Program, compile_circuit
from bench_quantum.stabilizer_simulation._run import run_chp, run_inverse


def by_inverse_tableau(circuit: Circuit) -> np.ndarray:
    """uint8[measurements], by the inverse tableau, where a settled result takes O(n) bits."""
    return run_inverse(*_without_coins(circuit))


def by_chp(circuit: Circuit) -> np.ndarray:
    """The same by the tableau of stabilizers and destabilizers."""
    return run_chp(*_without_coins(circuit))


def compiled(circuit: Circuit) -> Program:
    """A circuit without noise as a program of the tableau kernels."""
    return compile_circuit(circuit.compacted())


def _without_coins(circuit: Circuit) -> tuple[Program, np.ndarray]:
    program = compiled(circuit.noiseless())
    return program, np.zeros(program.n_coins, np.uint8)
