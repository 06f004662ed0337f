"""The samplers: known answers, exact laws, seeds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from bench_quantum._circuit import parse
from bench_quantum._codes import random_circuit, repetition_code, surface_code
from bench_quantum.stabilizer_sampling import _truth
from bench_quantum.stabilizer_sampling._checks import check
from bench_quantum.stabilizer_sampling._error_model import ErrorModel, parities
from bench_quantum.stabilizer_sampling._frames import drawn
from bench_quantum.stabilizer_sampling._random_text import tiny_circuit
from bench_quantum.stabilizer_sampling._struck import Shots
from bench_quantum.stabilizer_sampling._truth import truth_of
from bench_quantum.stabilizer_sampling.chp import CHP
from bench_quantum.stabilizer_sampling.numpy_frames import NumpyFrames
from bench_quantum.stabilizer_sampling.pauli_frames import PauliFrames
from bench_quantum.stabilizer_sampling.peer_stim import Stim
from bench_quantum.stabilizer_sampling.state_vector import StateVector
from harness.api import Data, Unsupported

OURS = [
    PauliFrames(),
    PauliFrames(block=1536),
    NumpyFrames(),
    NumpyFrames(block=64),
    StateVector(),
    CHP(),
    CHP(tableau="inverse"),
]
PEERS = [Stim(), Stim(path="memory")]
LARGE = [PauliFrames(), NumpyFrames(), *PEERS]  # that can do surface codes


def data_of(text, shots=8, what="measurements"):
    circuit = parse(text)
    bits = circuit.n_detectors + circuit.n_observables
    if what == "measurements":
        bits = circuit.n_measurements
    return Data({"circuit": text, "shots": shots, "what": what, "bits": bits})


def sample(solver, text, shots=8, what="measurements", seed=0):
    """bool[shots, bits]."""
    if isinstance(solver, Stim):
        pytest.importorskip("stim", reason="a peer")
    data = data_of(text, shots, what)
    *_, answer = solver.solve(data, np.random.default_rng(seed))
    assert answer.dtype == np.uint8
    assert answer.shape == (shots, (data.bits + 7) // 8)
    whole = np.unpackbits(answer, axis=1, bitorder="little")
    assert not whole[:, data.bits :].any()
    return whole[:, : data.bits].astype(bool)


def lines(text):
    return text.replace("/", "\n")


def every(solvers):
    return pytest.mark.parametrize("solver", solvers, ids=repr)


# Known answers


@every(OURS + PEERS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X 0/CX 0 1/SWAP 1 2/M 0 1 2 !2", "1010"),
        ("SQRT_X 0/MY 0", "1"),
        ("SQRT_Y 0/MX 0", "0"),
        ("RY 0/H 0/MY 0", "1"),
        ("RX 0/S 0/MY 0/S 0/MX 0", "01"),
        ("H 0/CX 0 1/MPP X0*X1 Z0*Z1 Y0*Y1 !Y0*Y1", "0010"),
        ("RX 0 1/CZ 0 1/MPP X0*Z1 Z0*X1 Y0*Y1", "000"),
        ("MR(1) 0/M 0", "10"),
        ("M 0/X_ERROR(1) 0/M 0/CX rec[-1] 1 rec[-2] 1/M 1", "011"),
        ("MPAD 0 1 1", "011"),
        ("MPAD(1) 0 1", "10"),
        ("M 0/CX sweep[3] 0/M 0", "00"),
        ("MPP !X0*X0 Z1*Z1", "10"),
        ("X 7000/M 7000 9", "10"),
        ("REPEAT 5 {/X 0/M 0/}", "10101"),
        ("ISWAP 0 1/X 0/ISWAP 0 1/M 0 1", "01"),
        ("HERALDED_ERASE(0) 0/M 0", "00"),
        ("PAULI_CHANNEL_2(0,0,0,1,0,0,0,0,0,0,0,0,0,0,0) 0 1/M 0 1", "10"),
    ],
)
def test_deterministic_circuits(solver, text, expected):
    found = sample(solver, lines(text), shots=5)
    assert {"".join(map(str, row.astype(int))) for row in found} == {expected}


@every(OURS + PEERS)
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("X 0/M 0/DETECTOR rec[-1]", "0"),
        ("X_ERROR(1) 0/M 0/DETECTOR rec[-1]", "1"),
        ("M 0/X_ERROR(1) 0/M 0/CX rec[-1] 1 rec[-2] 1/M 1/DETECTOR rec[-1]", "1"),
        ("X_ERROR(1) 0/M 0/DETECTOR rec[-1] rec[-1]/DETECTOR", "00"),
        (
            "X 0/M 0/OBSERVABLE_INCLUDE(2) rec[-1]/X_ERROR(1) 1/M 1/OBSERVABLE_INCLUDE(0) rec[-1]",
            "100",
        ),
        ("M(1) !0/DETECTOR rec[-1]/OBSERVABLE_INCLUDE(0) rec[-1]/M 0", "11"),
    ],
)
def test_detectors_are_flips_and_not_parities(solver, text, expected):
    found = sample(solver, lines(text), shots=5, what="detectors")
    assert {"".join(map(str, row.astype(int))) for row in found} == {expected}


@pytest.mark.parametrize("what", ["measurements", "detectors"])
@every(OURS + PEERS)
def test_nothing_is_sampled_of_nothing(solver, what):
    assert sample(solver, "", shots=3, what=what).shape == (3, 0)
    assert sample(solver, "H 0\nTICK\n", shots=3, what=what).shape == (3, 0)
    if what == "measurements":  # constants without a qubit
        assert sample(solver, "MPAD 0 1", shots=3).tolist() == 3 * [[False, True]]


@every(OURS + PEERS)
def test_the_bit_order_of_a_sample(solver):
    if isinstance(solver, Stim):
        pytest.importorskip("stim", reason="a peer")
    text = "X 0 3 9\nM 0 1 2 3 4 5 6 7 8 9"
    *_, answer = solver.solve(data_of(text, 2), np.random.default_rng(0))
    assert answer.tolist() == [[9, 2], [9, 2]]


def surface_with(line, place, basis="z"):
    """The code of distance 3, noiseless, with a line behind the first MR or before the last M."""
    text = surface_code(3, 3, 0.0, basis).splitlines()
    at = [i for i, own in enumerate(text) if own.startswith("MR" if place == "first" else "M ")]
    text.insert(at[0] + 1 if place == "first" else at[-1], line)
    return "\n".join(text)


@every([PauliFrames(), NumpyFrames(), CHP(), *PEERS])
@pytest.mark.parametrize(
    ("line", "place", "detectors", "observable"),
    [
        ("X_ERROR(1) 1", "first", {5}, 1),
        ("X_ERROR(1) 10", "first", {5, 10}, 0),
        ("Z_ERROR(1) 10", "first", {6, 9}, 0),
        ("Y_ERROR(1) 10", "first", {5, 6, 9, 10}, 0),
        ("X_ERROR(1) 9", "first", {5, 13}, 0),
        ("X_ERROR(1) 1", "last", {21}, 1),
        ("X_ERROR(1) 10", "last", {21, 22}, 0),
    ],
)
def test_single_errors_of_a_surface_code(solver, line, place, detectors, observable):
    found = sample(solver, surface_with(line, place), shots=3, what="detectors")
    assert found.shape == (3, 25)
    assert (found == found[0]).all()
    assert set(np.flatnonzero(found[0, :24])) == detectors
    assert found[0, 24] == observable


@every([PauliFrames(), NumpyFrames(), CHP(), *PEERS])
def test_which_measurements_of_a_surface_code_are_random(solver):
    found = sample(solver, surface_code(3, 3, 0.0), shots=300)
    random = {0, 2, 5, 7, 8, 10, 13, 15, 16, 18, 21, *range(23, 33)}
    assert set(np.flatnonzero(found.any(axis=0))) == random
    assert not sample(solver, surface_code(3, 3, 0.0), shots=300, what="detectors").any()


# Laws

LAWS = [
    ("H 0/M 0/H 0/M 0/M 0", {"000": 0.25, "011": 0.25, "100": 0.25, "111": 0.25}),
    ("MXX 0 1/MZZ 0 1/MYY 0 1", {"001": 0.5, "100": 0.5}),
    (
        "E(.2) X0/ELSE_CORRELATED_ERROR(.25) X1/ELSE_CORRELATED_ERROR(.5) X2/M 0 1 2",
        {"000": 0.3, "001": 0.3, "010": 0.2, "100": 0.2},
    ),
    ("DEPOLARIZE2(.3) 0 1/M 0 1", {"00": 0.76, "01": 0.08, "10": 0.08, "11": 0.08}),
    ("M(.1) 0 0", {"00": 0.81, "01": 0.09, "10": 0.09, "11": 0.01}),
    (
        "H 0/CX 0 2/H 1/S 1/CX 1 0/H 1/M 1 0/CZ rec[-2] 2/CX rec[-1] 2/S_DAG 2/H 2/M 2",
        {"000": 0.25, "010": 0.25, "100": 0.25, "110": 0.25},
    ),
]


@every(OURS + PEERS)
@pytest.mark.parametrize(("text", "law"), LAWS)
def test_known_laws(solver, text, law):
    found = sample(solver, lines(text), shots=3000, seed=5)
    names, counts = np.unique(
        ["".join(map(str, row.astype(int))) for row in found], return_counts=True
    )
    assert set(names) == set(law)
    expected = [3000 * law[name] for name in names.tolist()]
    assert stats.chisquare(counts, expected).pvalue > 1e-6


@every(OURS)
def test_gauge_detectors(solver):
    text = lines("H 0/CX 0 1/M 0 1/DETECTOR rec[-1]/DETECTOR rec[-1] rec[-2]/DETECTOR rec[-2]")
    found = sample(solver, text, shots=2000, what="detectors")
    assert stats.binomtest(int(found[:, 0].sum()), 2000, 0.5).pvalue > 1e-6
    assert not found[:, 1].any()
    assert (found[:, 0] == found[:, 2]).all()


def p_value(found, law):
    """Chi-square; cells that are expected less than five times are taken together."""
    counts = np.bincount(found @ (1 << np.arange(found.shape[1])), minlength=len(law))
    possible = law > 1e-12
    assert not counts[~possible].any()
    expected, counts = law[possible] * len(found), counts[possible]
    rare = expected < 5
    expected = np.append(expected[~rare], expected[rare].sum())
    counts = np.append(counts[~rare], counts[rare].sum())
    kept = expected > 1
    if kept.sum() < 2:
        return None
    expected = expected[kept] * counts[kept].sum() / expected[kept].sum()
    return stats.chisquare(counts[kept], expected).pvalue


@every(OURS)
def test_random_circuits_of_all_operations_have_the_exact_law(solver):
    """The laws by density matrices; p-values must be uniform too."""
    found = []
    count = 40 if isinstance(solver, CHP) else 120
    for seed in range(count):
        rng = np.random.default_rng(seed)
        text = tiny_circuit(rng, int(rng.integers(1, 5)), int(rng.integers(3, 22)), 6)
        what = ("measurements", "detectors")[seed % 2]
        circuit = parse(text)
        outputs = parities(circuit, what == "detectors")
        law = _truth._law(circuit, outputs, what == "detectors")
        value = p_value(sample(solver, text, 1000, what, seed + 10**6), law)
        found += [] if value is None else [value]
    assert min(found) > 1e-6
    assert stats.kstest(found, "uniform").pvalue > 1e-4


def hotelling(found, rates):
    """p-value of the mean, by the covariance of the sample: detectors are not independent."""
    gap = found.mean(axis=0) - rates
    covariance = np.cov(found.T)
    return stats.chi2.sf(len(found) * gap @ np.linalg.solve(covariance, gap), len(rates))


@every(LARGE)
@pytest.mark.parametrize(
    "text",
    [
        surface_code(3, 3, 0.01),
        surface_code(3, 3, 0.01, "x"),
        surface_code(3, 3, 0.01, "z", rotated=False),
        repetition_code(5, 5, 0.01),
    ],
    ids=["rotated z", "rotated x", "unrotated z", "repetition"],
)
def test_detector_rates_of_codes(solver, text):
    shots = 40_000 if isinstance(solver, NumpyFrames) else 100_000
    circuit = parse(text)
    outputs = parities(circuit, detectors=True)
    pairs = [(a, b) for a in range(len(outputs)) for b in range(a)]
    both = [outputs[a] + outputs[b] for a, b in pairs]
    rates = ErrorModel(circuit, outputs + both).rates
    found = sample(solver, text, shots, "detectors", seed=11).astype(float)
    assert hotelling(found, rates[: len(outputs)]) > 1e-6
    together = found.T @ found / shots
    differ = np.array([together[a, a] + together[b, b] - 2 * together[a, b] for a, b in pairs])
    expected = rates[len(outputs) :]
    z = (differ - expected) / np.sqrt(expected * (1 - expected) / shots)
    assert np.abs(z).max() < 6


def test_ours_and_stim_have_one_law():
    """T^2 of two samples over all measurements of a noisy code."""
    pytest.importorskip("stim", reason="a peer")
    text = surface_code(3, 2, 0.02)
    ours, theirs = (
        sample(solver, text, 60_000, seed=3).astype(float) for solver in (OURS[0], Stim())
    )
    gap = ours.mean(axis=0) - theirs.mean(axis=0)
    covariance = np.cov(ours.T) + np.cov(theirs.T)
    value = len(ours) * gap @ np.linalg.solve(covariance, gap)
    assert stats.chi2.sf(value, len(gap)) > 1e-6


@pytest.mark.parametrize("block", [512, 1024, 1536, 8192])
@pytest.mark.parametrize("shots", [1, 511, 513, 3000])
def test_any_block_gives_the_law(block, shots):
    text = random_circuit(np.random.default_rng(4), 12, 10, 0.03, 0.3)
    circuit = parse(text)
    truth = truth_of(circuit, False, np.random.default_rng(0))
    data = data_of(text, shots)
    *_, answer = PauliFrames(block=block).solve(data, np.random.default_rng(1))

    def draw(count, rng):
        return drawn(circuit, count, False, rng)

    assert check(truth, answer, ("measurement", "measurements"), draw) < 1


def test_shots_of_different_blocks_are_independent():
    found = sample(PauliFrames(block=512), surface_code(5, 5, 0.01), 20 * 512, "detectors")
    blocks = found.reshape(20, 512, -1)
    agree = (blocks[:-1] == blocks[1:]).mean()
    rates = found.mean(axis=0)
    assert agree == pytest.approx((rates**2 + (1 - rates) ** 2).mean(), abs=0.003)


# Seeds, parameters, refusals


@every(OURS + PEERS)
def test_the_generator_alone_decides(solver):
    text = random_circuit(np.random.default_rng(0), 6, 4, 0.1, 0.5)
    first, again, other = (sample(solver, text, 200, seed=seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.2


@every(OURS)
def test_two_shots_are_different(solver):
    found = sample(solver, "H 0 1 2 3 4 5 6 7\nM 0 1 2 3 4 5 6 7", 100)
    assert len(np.unique(found, axis=0)) > 60


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: PauliFrames(block=100), "block is 100, expected 0 or a multiple of 512"),
        (lambda: PauliFrames(block=-512), "block is -512"),
        (lambda: NumpyFrames(block=100), "block is 100, expected a multiple of 64"),
        (lambda: NumpyFrames(block=0), "block is 0"),
        (lambda: CHP(tableau="dense"), "there is no tableau 'dense'; choose chp or inverse"),
        (lambda: Stim(path="pipe"), "there is no path 'pipe'; choose file or memory"),
    ],
)
def test_parameters_that_are_none(make, sentence):
    with pytest.raises(ValueError, match=r"expected|choose") as caught:
        make()
    assert sentence in str(caught.value)


def test_tasks_that_are_too_large_are_refused():
    with pytest.raises(Unsupported, match="the circuit has 17 qubits, expected at most 12"):
        sample(StateVector(), surface_code(3, 1, 0.0))
    with pytest.raises(
        Unsupported, match="1000000 shots have 4e\\+06 steps, expected at most 1e\\+06"
    ):
        sample(CHP(most=1_000_000), "H 0\nM 0", 1_000_000)


@pytest.mark.parametrize("what", ["measurements", "detectors"])
@every(OURS[:1] + OURS[2:3] + PEERS)
def test_circuits_that_are_none_are_refused(solver, what):
    if isinstance(solver, Stim):
        pytest.importorskip("stim", reason="a peer")
    data = Data({"circuit": "M 0\nT 0", "shots": 3, "what": what, "bits": 1})
    with pytest.raises(ValueError, match="T"):
        list(solver.solve(data, np.random.default_rng(0)))


def test_qubits_far_apart_take_no_memory():
    text = "H 0\nCX 0 16777215\nX_ERROR(0.5) 9999999\nM 0 16777215 9999999"
    found = sample(PauliFrames(), text, 1000)
    assert (found[:, 0] == found[:, 1]).all()
    assert 300 < found[:, 0].sum() < 700


def test_look_backs_over_more_records_than_a_loop_makes():
    """The ring of records holds what is looked back at, however far."""
    text = "X_ERROR(0.5) 0\nM 0\nREPEAT 3000 {\nM 1\n}\nDETECTOR rec[-3001]\nDETECTOR rec[-1]"
    found = sample(PauliFrames(), text, 2000, "detectors")
    assert 800 < found[:, 0].sum() < 1200
    assert not found[:, 1].any()
    assert 800 < sample(PauliFrames(), text, 2000)[:, 0].sum() < 1200


@settings(max_examples=40)
@given(st.integers(0, 2**32), st.integers(0, 2**32))
def test_a_struck_circuit_has_as_many_records(seed, other):
    rng = np.random.default_rng(seed)
    circuit = parse(tiny_circuit(rng, int(rng.integers(1, 5)), 20, 6))
    shots = Shots(circuit)
    for _ in range(3):
        program = shots.draw(np.random.default_rng(other))
        assert program.ops.shape == shots.template.ops.shape
        assert program.n_records == circuit.n_measurements
