"""The solvers of stabilizer simulation: records, laws, seeds, refusals, and stim's references."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_quantum import _codes
from bench_quantum._circuit import CircuitError, parse
from bench_quantum._gates import ONE_QUBIT, TWO_QUBITS
from bench_quantum.stabilizer_simulation import _families
from bench_quantum.stabilizer_simulation._parities import settled
from bench_quantum.stabilizer_simulation._program import compile_circuit
from bench_quantum.stabilizer_simulation._run import run_chp, run_inverse
from bench_quantum.stabilizer_simulation.chp import CHP
from bench_quantum.stabilizer_simulation.inverse_tableau import InverseTableau
from bench_quantum.stabilizer_simulation.peer_stim import PeerStim
from bench_quantum.stabilizer_simulation.state_vector import StateVector, simulate
from harness.api import Data, Unsupported

OWN = [InverseTableau(), InverseTableau(rows="all"), CHP(), StateVector()]
PEERS = [PeerStim(), PeerStim(way="sampler")]


def record_of(solver, text, seed=0):
    for name in solver.requires:
        pytest.importorskip(name, reason=f"{name} is not installed")
    [record] = solver.solve(Data({"circuit": text}), np.random.default_rng(seed))
    return "".join(map(str, record.tolist()))


every_solver = pytest.mark.parametrize("solver", OWN + PEERS, ids=str)


@every_solver
@pytest.mark.parametrize(("text", "bits"), _families.KNOWN)
def test_known_records(solver, text, bits):
    assert record_of(solver, text) == bits


TELEPORT = (
    "H 0\nCX 0 2\nH 1\nS 1\nCX 1 0\nH 1\nM 1 0\nCZ rec[-2] 2\nCX rec[-1] 2\nS_DAG 2\nH 2\nM 2"
)


@every_solver
@pytest.mark.parametrize(
    ("text", "outcomes"),
    [
        ("H 0\nM 0\nH 0\nM 0\nM 0", {"000", "011", "100", "111"}),
        ("MXX 0 1\nMZZ 0 1\nMYY 0 1", {"001", "100"}),
        ("RX 0\nMR 0\nM 0\nMX 0", {"000", "001", "100", "101"}),
        (TELEPORT, {"000", "010", "100", "110"}),
        ("H 0\nM !0\nCX rec[-1] 1\nM 1 !1", {"001", "110"}),
    ],
)
def test_laws_of_small_circuits(solver, text, outcomes):
    """All outcomes, each as often as the others: chi-square, far below one in 10^6 by chance."""
    runs = 200
    found = [record_of(solver, text, seed) for seed in range(runs)]
    assert set(found) == outcomes
    expected = runs / len(outcomes)
    statistic = sum((found.count(bits) - expected) ** 2 / expected for bits in outcomes)
    assert statistic < 35


@every_solver
def test_the_seed_decides(solver):
    text = "H 0 1 2 3 4 5 6 7 8 9 10 11\nM 0 1 2 3 4 5 6 7 8 9 10 11"
    assert record_of(solver, text, 1) == record_of(solver, text, 1)
    assert len({record_of(solver, text, seed) for seed in range(4)}) > 1


@every_solver
def test_a_circuit_of_many_random_bits_is_fair(solver):
    text = "RX 0 1 2\nREPEAT 700 {\nM 0 1 2\nH 0 1 2\n}"
    bits = np.array([*record_of(solver, text)], int)
    circuit = parse(text)
    coins = np.delete(bits, settled(circuit).latest())
    assert len(coins) > 1000
    assert abs(coins.mean() - 0.5) < 3.25 / np.sqrt(len(coins))


@pytest.mark.parametrize("name", [*ONE_QUBIT, *TWO_QUBITS])
def test_every_gate_acts_as_its_matrix(name):
    """On both orders of qubits of random states, and against state vectors."""
    for seed in range(6):
        rng = np.random.default_rng(seed)
        before = _codes.random_circuit(rng, 4, 3, 0, 0.1).rpartition("M")[0]
        targets = "1 3 3 0 2 1" if name in TWO_QUBITS else "1 3 0 1"
        text = f"{before}\n{name} {targets}\nMPP X0*Y1 Z1*Y3*X2 Y0*X3\nMX 0 1\nMY 2\nM 3"
        program = compile_circuit(parse(text))
        coins = rng.integers(2, size=program.n_coins, dtype=np.uint8)
        expected = simulate(parse(text), iter(coins.tolist()))
        for run in (run_inverse, run_chp):
            np.testing.assert_array_equal(run(program, coins), expected)


def assert_reference_is_stims(text):
    """All coins 0: the noiseless reference sample, which is a function of the circuit."""
    stim = pytest.importorskip("stim", reason="stim is not installed")
    program = compile_circuit(parse(text))
    expected = stim.Circuit(text).reference_sample().astype(np.uint8)
    for run in (run_inverse, run_chp):
        found = run(program, np.zeros(program.n_coins, np.uint8))
        np.testing.assert_array_equal(found, expected)


@settings(max_examples=40)
@given(
    st.integers(1, 8), st.integers(0, 8), st.sampled_from([0.1, 0.5, 1.0]), st.integers(0, 10**6)
)
def test_references_are_those_of_stim(n, layers, share, seed):
    rng = np.random.default_rng(seed)
    assert_reference_is_stims(_codes.random_circuit(rng, n, layers, 0, share))


@pytest.mark.parametrize(("n", "share"), [(70, 0.1), (150, 0.02), (300, 0.0)])
def test_references_of_larger_circuits_are_those_of_stim(n, share):
    rng = np.random.default_rng(n)
    assert_reference_is_stims(_codes.random_circuit(rng, n, 12, 0, share))


@pytest.mark.parametrize(
    "text",
    [
        _codes.surface_code(3, 3, 0),
        _codes.surface_code(7, 3, 0, "x"),
        _codes.surface_code(4, 2, 0, "z", False),
        _codes.repetition_code(40, 7, 0),
        "MPAD 1 0\nMXX !0 1 2 !3\nMPP !X0*X1*Z2 Y3*Y0\nCZ rec[-1] 2 3 rec[-2]\nMY 2 !3\n",
    ],
)
def test_references_of_codes_are_those_of_stim(text):
    assert_reference_is_stims(text)


@pytest.mark.parametrize("text", ["M 0 0\n", "I 5\nM 3\n", "M\nH\nM 0\n", "MPP\nMXX\nCX\nM 1\n"])
@every_solver
def test_odd_circuits(solver, text):
    assert set(record_of(solver, text)) == {"0"}


def test_impossible_settings_are_refused():
    with pytest.raises(ValueError, match="rows is 'some', expected 'needed' or 'all'"):
        InverseTableau(rows="some")
    with pytest.raises(ValueError, match="way is 'fast', expected 'simulator' or 'sampler'"):
        PeerStim(way="fast")


def test_a_state_vector_has_its_limit():
    with pytest.raises(Unsupported, match="20 qubits, expected at most 14"):
        record_of(StateVector(), "H 19\nM 19")
    assert record_of(StateVector(most=3), "X 2\nM 2") == "1"


@pytest.mark.parametrize("solver", [InverseTableau(), CHP()], ids=str)
def test_noise_and_what_is_no_circuit_are_refused(solver):
    with pytest.raises(CircuitError, match="line 1: Z_ERROR is noise"):
        record_of(solver, "Z_ERROR(0.1) 0\nM 0")
    with pytest.raises(CircuitError, match="line 2"):
        record_of(solver, "M 0\nTOFFOLI 0 1 2")
