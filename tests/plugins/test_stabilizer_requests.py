"""The board of requests: samples in batches, held against the law of their detectors."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_quantum._circuit import parse
from bench_quantum._codes import repetition_code, surface_code
from bench_quantum.stabilizer_requests._detectors import parities_of, turned
from bench_quantum.stabilizer_requests.claims import CLAIMS
from bench_quantum.stabilizer_requests.numpy_frames import NumpyFrames
from bench_quantum.stabilizer_requests.pauli_frames import PauliFrames
from bench_quantum.stabilizer_requests.peer_stim import Stim
from bench_quantum.stabilizer_requests.problem import StabilizerRequests
from bench_quantum.stabilizer_sampling._error_model import parities
from bench_quantum.stabilizer_sampling._reference import by_chp
from harness.api import Data, Instance, InvalidAnswer, InvalidCase, Meter
from harness.cases import make_case
from harness.instances import case_rng

PROBLEM = StabilizerRequests()
SOLVERS = [PauliFrames(), NumpyFrames(), Stim()]
LARGE = "surface_code[distance=5,p=0.01,shots=4000,requests=3]"


def make(text):
    case = make_case("stabilizer_requests", PROBLEM, text)
    return PROBLEM.make(case, case_rng("stabilizer_requests", case))


def answers(instance, solver, seed=0):
    """What a solver yields, each batch asked for after the one before was given."""
    for name in solver.requires:
        pytest.importorskip(name, reason="a peer")
    requests = PROBLEM.open(Data(instance.data), Meter())
    found = []
    for batch in solver.solve(requests, np.random.default_rng(seed)):
        assert requests.decided()
        found.append(batch.copy())
    return found


def refusal(instance, answer):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(instance, answer)
    return str(caught.value)


every_solver = pytest.mark.parametrize("solver", SOLVERS, ids=str)


@every_solver
@pytest.mark.parametrize("case", [LARGE, *PROBLEM.suites["smoke"], *PROBLEM.suites["edge"]])
def test_solvers_are_right(solver, case):
    instance = make(case)
    found = answers(instance, solver)
    assert len(found) == instance.data["requests"]
    cost, scores = PROBLEM.score(instance, found)
    assert cost == 0
    assert 0 <= scores["test_statistic"] < 1


@every_solver
def test_the_seed_decides_and_batches_differ(solver):
    instance = make("surface_code[distance=5,shots=64,requests=2]")
    first, again, other = (np.concatenate(answers(instance, solver, s)) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.2
    assert (first[:64] != first[64:]).mean() > 0.2


@pytest.mark.parametrize(
    "text",
    [
        surface_code(3, 3, 0.0),
        surface_code(4, 2, 0.0, "x"),
        surface_code(3, 3, 0.0, "x", rotated=False),
        surface_code(3, 2, 0.0, "z", rotated=False),
        repetition_code(7, 3, 0.0),
    ],
)
def test_without_noise_all_results_of_a_memory_may_be_0(text):
    """On which the law rests: detectors are parities then, and not only flips of them."""
    assert not by_chp(parse(text)).any()


@given(st.integers(1, 70), st.integers(1, 70), st.integers(0, 2**32))
def test_parities_are_sums_of_records(shots, bits, seed):
    rng = np.random.default_rng(seed)
    whole = rng.integers(2, size=(shots, bits), dtype=np.uint8)
    sums = [rng.integers(bits, size=rng.integers(1, 5)) for _ in range(rng.integers(1, 20))]
    packed = np.packbits(whole, axis=1, bitorder="little")
    by_bit = np.packbits(whole.T, axis=1, bitorder="little")
    np.testing.assert_array_equal(turned(packed, bits), by_bit)
    starts = np.cumsum([0, *map(len, sums)])
    found = parities_of(packed, bits, np.concatenate(sums), starts)
    expected = np.stack([whole[:, own].sum(axis=1) % 2 for own in sums], axis=1)
    np.testing.assert_array_equal(found, np.packbits(expected, axis=1, bitorder="little"))


def test_parities_are_the_same_in_pieces(monkeypatch):
    rng = np.random.default_rng(0)
    samples, records = rng.integers(256, size=(9, 40), dtype=np.uint8), rng.integers(320, size=900)
    starts = np.arange(0, 901, 3)
    whole = parities_of(samples, 320, records, starts)
    monkeypatch.setattr("bench_quantum.stabilizer_requests._detectors._BYTES", 3)
    monkeypatch.setattr("bench_quantum.stabilizer_requests._detectors._SUMS", 7)
    np.testing.assert_array_equal(parities_of(samples, 320, records, starts), whole)


def test_what_is_held_against_the_law():
    """Detectors, observables, and the results of the first round: half of those are coins."""
    instance = make("surface_code[distance=3,p=0.01]")
    truth, circuit = instance.truth, parse(instance.data["circuit"])
    sums = np.split(truth["records"], truth["starts"][1:-1])
    expected = [*parities(circuit, True), *[[record] for record in range(8)]]
    assert [own.tolist() for own in sums] == expected
    rates = truth["law"]["rates"]
    assert (rates[25:] == 0.5).sum() == 4
    assert rates[:24].sum() == pytest.approx(2.632468, abs=5e-7)
    assert instance.sizes["shots"] == 256 * 20


def spoiled(bits, rng, how):
    """All shots of a case, bool[shots, bits], made wrong."""
    if how == "a bit flipped too often":
        bits[:, 40] ^= rng.random(len(bits)) < 0.04
    if how == "another order":
        bits = np.roll(bits, 1, axis=1)
    if how == "copied":
        bits[4000:8000] = bits[:4000]
    if how == "without noise":
        bits[:] = False
    return bits


@pytest.mark.parametrize(
    "how", ["a bit flipped too often", "another order", "copied", "without noise"]
)
def test_wrong_samples_are_refused(how):
    instance = make(LARGE)
    samples = np.concatenate(answers(instance, PauliFrames()))
    bits = np.unpackbits(samples, axis=1, bitorder="little")[:, : instance.data["bits"]]
    wrong = spoiled(bits.astype(bool), np.random.default_rng(0), how)
    packed = np.packbits(wrong, axis=1, bitorder="little")
    assert refusal(instance, list(packed.reshape(3, 4000, -1)))


def test_coins_must_be_drawn():
    """Records made of detectors alone, all coins 0, have the right law of detectors."""
    instance = make("surface_code[distance=3,p=0.0,shots=100,requests=2]")
    zeros = [np.zeros((100, 5), np.uint8)] * 2
    assert "parity 2" in refusal(instance, zeros)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: [b[0], b[1][:-1], b[2]], "request 1 has the shape (49, 2), expected (50, 2)"),
        (lambda b: [b[0], b[1], b[2].astype(np.int64)], "request 2 is a int64 array, expected"),
        (lambda b: [b[0], None, b[2]], "request 1 is NoneType, expected an array of uint8 (50, 2)"),
        (lambda b: [*b, b[0]], "there are 4 answers to 3 requests"),
        (lambda b: [b[0], b[1], b[2] | 128], "bits behind the 10 of a shot are set"),
        (lambda b: b[0][0], "request 0 has the shape (2,)"),
        (lambda b: "0101", "request 0 is str"),
    ],
)
def test_what_is_no_answer(change, said):
    instance = make(PROBLEM.suites["smoke"][0])
    assert said in refusal(instance, change(answers(instance, PauliFrames())))


def test_requests_that_are_not_answered_cost():
    instance = make(PROBLEM.suites["smoke"][0])
    found = answers(instance, PauliFrames())
    assert PROBLEM.score(instance, found[:1])[0] == 2
    assert PROBLEM.score(instance, [])[0] == 3


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("surface_code[shots=0]", "shots is 0, expected at least 1"),
        ("repetition_code[requests=0]", "requests is 0, expected at least 1"),
        ("surface_code[distance=1]", "distance is 1, expected at least 2"),
        ("surface_code[p=2]", "p is 2"),
        ("surface_code[distance=31,shots=100000]", "ask for fewer"),
        ("repetition_code[distance=5,rounds=9000000,shots=1,requests=1]", "choose a smaller"),
    ],
)
def test_impossible_cases(case, said):
    with pytest.raises(InvalidCase) as caught:
        make(case)
    assert said in str(caught.value)


def test_suites_name_cases():
    for suite in PROBLEM.suites.values():
        for text in suite:
            make_case("stabilizer_requests", PROBLEM, text)
    for claim in CLAIMS:
        for text in claim.quantity.cases:
            assert str(make_case("stabilizer_requests", PROBLEM, text)) == text
        assert not claim.name.startswith("headline") or claim.quantity.on in PROBLEM.suites["large"]


def test_the_starter_solves():
    lines = "".join(f"    {line}\n" for line in PROBLEM.starter.splitlines())
    names = {}
    exec("def solve(data, rng):\n" + lines, names)
    instance = make(PROBLEM.suites["smoke"][0])
    requests, found = PROBLEM.open(Data(instance.data), Meter()), []
    for batch in names["solve"](requests, np.random.default_rng(0)):
        requests.decided()
        found.append(batch)
    assert PROBLEM.score(instance, found)[0] == 0


def test_symmetries_have_the_same_law():
    instance = make("surface_code[distance=3,shots=200,requests=2]")
    stored = Instance(Data(instance.data), Data(instance.truth), instance.sizes)
    [symmetry] = PROBLEM.symmetries(stored, np.random.default_rng(0))
    assert symmetry.instance.data["circuit"] != instance.data["circuit"]
    assert PROBLEM.score(symmetry.instance, answers(symmetry.instance, PauliFrames()))[0] == 0
