"""The board of samplers: its laws by three methods, and what it refuses."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_quantum._circuit import OPERATIONS, parse
from bench_quantum._codes import repetition_code, surface_code
from bench_quantum.stabilizer_sampling import _checks, _independence, _repeats, _truth
from bench_quantum.stabilizer_sampling._bounds import ALPHA, divergence, excess
from bench_quantum.stabilizer_sampling._checks import check
from bench_quantum.stabilizer_sampling._error_model import ErrorModel, parities
from bench_quantum.stabilizer_sampling._exact_law import law
from bench_quantum.stabilizer_sampling._frames import drawn, samples
from bench_quantum.stabilizer_sampling._random_text import tiny_circuit
from bench_quantum.stabilizer_sampling._reference import by_chp, by_inverse_tableau
from bench_quantum.stabilizer_sampling._truth import truth_of
from bench_quantum.stabilizer_sampling.problem import StabilizerSampling
from harness.api import Case, Data, Instance, InvalidAnswer, InvalidCase
from harness.selectors import adapt
from harness.selectors import parse as parse_selector

PROBLEM = StabilizerSampling()


def make(text, seed=0):
    family, given_parameters = parse_selector(text)
    defaults = PROBLEM.families[family]
    assert set(given_parameters) <= set(defaults)
    adapted = {name: adapt(value, defaults[name], text) for name, value in given_parameters.items()}
    return PROBLEM.make(Case(family, {**defaults, **adapted}), np.random.default_rng(seed))


def rates(text, detectors=True):
    circuit = parse(text)
    return ErrorModel(circuit, parities(circuit, detectors)).rates


def right(instance, seed=1):
    """Samples of the right law."""
    data = instance.data
    circuit = parse(data["circuit"])
    rng = np.random.default_rng(seed)
    return [*samples(circuit, data["shots"], data["what"] == "detectors", rng)][-1]


def refusal(instance, answer):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(instance, answer)
    return str(caught.value)


# Laws

# Of rotated_memory_z, distance 3, 3 rounds, all noise 0.01.
SURFACE_RATES = """
.06056 .11059 .12292 .07901 .10948 .13577 .15481 .08794 .08794 .15481 .13577 .10948
.10948 .13577 .15481 .08794 .08794 .15481 .13577 .10948 .06756 .10212 .08911 .04860
""".split()


def test_rates_of_a_surface_code():
    found = rates(surface_code(3, 3, 0.01))
    np.testing.assert_allclose(found[:24], np.array(SURFACE_RATES, float), atol=6e-6)
    assert found[:24].sum() == pytest.approx(2.632468, abs=5e-7)
    assert found[24] == pytest.approx(0.186631, abs=5e-7)
    found = rates(surface_code(3, 3, 0.001))
    assert found[:24].sum() == pytest.approx(0.294838, abs=5e-7)
    assert found[24] == pytest.approx(0.022685, abs=5e-7)


@pytest.mark.parametrize(
    "text",
    [
        surface_code(3, 3, 0.01, "x"),
        surface_code(3, 4, 0.02, "z", rotated=False),
        repetition_code(7, 5, 0.03),
    ],
)
def test_rates_are_those_of_the_error_model_of_stim(text):
    stim = pytest.importorskip("stim", reason="an independent error analysis")
    found = rates(text)
    model = stim.Circuit(text).detector_error_model(flatten_loops=True)
    products = np.ones(len(found))
    for instruction in model:
        if instruction.type == "error":
            (p,) = instruction.args_copy()
            for target in instruction.targets_copy():
                place = target.val + (
                    model.num_detectors if target.is_logical_observable_id() else 0
                )
                products[place] *= 1 - 2 * p
    np.testing.assert_allclose(found, (1 - products) / 2, atol=1e-9)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H 0\nM 0\nH 0\nM 0\nM 0", {"000": 0.25, "011": 0.25, "100": 0.25, "111": 0.25}),
        ("MXX 0 1\nMZZ 0 1\nMYY 0 1", {"001": 0.5, "100": 0.5}),
        (
            "E(.2) X0\nELSE_CORRELATED_ERROR(.25) X1\nELSE_CORRELATED_ERROR(.5) X2\nM 0 1 2",
            {"000": 0.3, "001": 0.3, "010": 0.2, "100": 0.2},
        ),
        ("DEPOLARIZE2(.3) 0 1\nM 0 1", {"00": 0.76, "01": 0.08, "10": 0.08, "11": 0.08}),
        ("DEPOLARIZE1(.3) 0\nM 0", {"0": 0.8, "1": 0.2}),
        ("M(.1) 0 0", {"00": 0.81, "01": 0.09, "10": 0.09, "11": 0.01}),
        ("MR(1) 0\nM 0", {"10": 1.0}),
        ("H 0\nCX 0 1\nMPP X0*X1 Z0*Z1 Y0*Y1 !Y0*Y1", {"0010": 1.0}),
        ("RX 0 1\nCZ 0 1\nMPP X0*Z1 Z0*X1 Y0*Y1", {"000": 1.0}),
        ("X 0\nCX 0 1\nSWAP 1 2\nM 0 1 2 !2", {"1010": 1.0}),
        ("HERALDED_ERASE(.4) 0\nM 0", {"00": 0.6, "10": 0.2, "11": 0.2}),
        ("ELSE_CORRELATED_ERROR(.4) X0\nM 0", {"0": 0.6, "1": 0.4}),
    ],
)
def test_laws_that_are_known(text, expected):
    circuit = parse(text)
    found = law(circuit)
    assert {"".join(map(str, bits)): pytest.approx(p) for bits, p in found.items()} == expected
    bits = circuit.n_measurements
    wanted = np.zeros(1 << bits)
    for sample, p in expected.items():
        wanted[int(sample[::-1], 2)] = p
    outputs = parities(circuit, detectors=False)
    np.testing.assert_allclose(_truth.by_parities(circuit, outputs, False), wanted, atol=1e-12)


@settings(max_examples=150)
@given(st.integers(0, 2**32), st.booleans())
def test_density_matrices_and_the_walk_backwards_agree(seed, detectors):
    rng = np.random.default_rng(seed)
    text = tiny_circuit(rng, int(rng.integers(1, 5)), int(rng.integers(3, 20)), 6)
    circuit = parse(text)
    outputs = parities(circuit, detectors)
    known = _truth._law(circuit, outputs, detectors)
    np.testing.assert_allclose(known.sum(), 1)
    np.testing.assert_allclose(
        _truth.by_parities(circuit, outputs, detectors), known, atol=1e-9, err_msg=text
    )


def test_tiny_circuits_use_every_operation(rng):
    text = "".join(tiny_circuit(rng, 4, 30, 8) for _ in range(150))
    named = {OPERATIONS[code].name for code in parse(text).opcodes}
    assert named == {one.name for one in OPERATIONS} - {"QUBIT_COORDS", "SHIFT_COORDS", "TICK"}


@settings(max_examples=100)
@given(st.integers(0, 2**32))
def test_both_tableaus_and_stim_have_one_reference(seed):
    stim = pytest.importorskip("stim", reason="an independent reference")
    rng = np.random.default_rng(seed)
    text = tiny_circuit(rng, int(rng.integers(1, 6)), 25, 8)
    found = by_chp(parse(text))
    np.testing.assert_array_equal(found, by_inverse_tableau(parse(text)))
    if "MYY" in text or "MPP" in text or "HERALDED" in text:
        return  # random results are chosen otherwise there
    np.testing.assert_array_equal(found, stim.Circuit(text).reference_sample(), text)


def test_gauge_detectors_are_fair_and_consistent():
    text = "H 0\nCX 0 1\nM 0 1\nDETECTOR rec[-1]\nDETECTOR rec[-1] rec[-2]\nDETECTOR rec[-2]"
    assert rates(text).tolist() == [0.5, 0, 0.5]
    circuit = parse(text)
    both = [[1, 0]]  # the first detector and the third
    assert ErrorModel(circuit, both).rates.tolist() == [0]


def test_errors_likelier_than_not():
    """Two flips of 0.9 cancel with probability 0.82."""
    assert rates("X_ERROR(0.9) 0\nX_ERROR(0.9) 0\nM 0", False)[0] == pytest.approx(0.18)
    assert rates("X_ERROR(1) 0\nX_ERROR(0.25) 0\nM 0", False)[0] == pytest.approx(0.75)
    assert rates("X_ERROR(0.5) 0\nX_ERROR(1) 0\nM 0", False)[0] == 0.5


# Cases


@pytest.mark.parametrize("suite", sorted(PROBLEM.suites))
def test_suites_name_families_and_their_parameters(suite):
    for text in PROBLEM.suites[suite]:
        family, given_parameters = parse_selector(text)
        parameters = {**PROBLEM.families[family], **given_parameters}
        assert set(parameters) == set(PROBLEM.families[family])
        if suite in ("smoke", "edge"):
            instance = make(text)
            cost, scores = PROBLEM.score(instance, right(instance))
            assert cost == PROBLEM.exact(instance) == 0
            assert 0 <= scores["test_statistic"] < 1


def test_the_generator_alone_decides():
    first, again, other = (make("random[n=6,layers=4]", seed).data for seed in (1, 1, 2))
    assert first["circuit"] == again["circuit"] != other["circuit"]


def test_what_a_solver_sees():
    instance = make("surface_code[distance=3,p=0.01,shots=7]")
    assert set(instance.data) == {"circuit", "shots", "what", "bits"}
    assert instance.data["bits"] == 25
    assert instance.sizes["qubits"] == 17
    assert instance.sizes["measurements"] == 33


def test_the_starter_solves():
    source = "def solve(data, rng):\n" + "".join(
        f"    {line}\n" for line in PROBLEM.starter.splitlines()
    )
    names = {}
    exec(source, names)
    for case in ("surface_code[distance=3,shots=100]", "known[shots=100]"):
        instance = make(case)
        (answer,) = names["solve"](Data(instance.data), np.random.default_rng(0))
        assert PROBLEM.score(instance, answer)[0] == 0


@pytest.mark.parametrize(
    ("case", "sentence"),
    [
        ("surface_code[distance=1]", "distance is 1, expected at least 2"),
        ("surface_code[rounds=-1]", "rounds is -1, expected at least 0"),
        ("surface_code[p=1.5]", "p is 1.5, expected a probability"),
        ("surface_code[basis=y]", "there is no basis 'y'; choose x or z"),
        ("repetition_code[p=-0.5]", "p is -0.5, expected a probability"),
        ("random[n=0]", "n is 0, expected at least 1"),
        ("random[share=2.0]", "share is 2.0, expected 0 to 1"),
        ("tiny[n=6]", "n is 6, expected at most 5"),
        ("tiny[records=0]", "records is 0, expected at least 1"),
        ("known[name=cat]", "there is no circuit 'cat'; choose one of classical, bell"),
        ("known[shots=0]", "shots is 0, expected at least 1"),
        ("known[what=states]", "there is no 'states'; choose measurements or detectors"),
        ("surface_code[distance=31,shots=10000000]", "ask for fewer shots"),
        ("surface_code[distance=5,rounds=1000000,shots=1]", "choose a smaller circuit"),
        ("file", "write file[path=my.stim,shots=1000]"),
        ("file[path=/nowhere/x.stim]", "can't be read as text"),
    ],
)
def test_refused_parameters(case, sentence):
    with pytest.raises(InvalidCase) as caught:
        make(case)
    assert sentence in str(caught.value)


def test_a_file_is_read(tmp_path):
    path = tmp_path / "mine.stim"
    path.write_text("X_ERROR(0.25) 0\nM 0\nDETECTOR rec[-1]\n")
    instance = make(f"file[path={path},shots=50]")
    assert instance.truth["rates"].tolist() == [0.25]
    for text, sentence in (
        ("H 0\nT 0\n", "the circuit can't be read: line 2: there is no operation 'T'"),
        ("REPEAT 2 {\nH 0\n", "line 1: this REPEAT is never closed"),
        ("H 16777216\n", "line 1: the index of '16777216' is too large"),
        ("DEPOLARIZE1(2) 0\n", "line 1: a probability lies from 0 to 1"),
        ("DETECTOR rec[-1]\n", "line 1: rec[-1] looks back before the first measurement"),
    ):
        path.write_text(text)
        with pytest.raises(InvalidCase) as caught:
            make(f"file[path={path}]")
        assert sentence in str(caught.value)
    path.write_bytes(b"H 0\n\xff\xfe")
    with pytest.raises(InvalidCase, match="can't be read as text"):
        make(f"file[path={path}]")


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("REPEAT 4611686018427387903 {\nM 0\n}", "ask for fewer shots"),
        ("REPEAT 4611686018427387903 {\nX 0\n}\nM 0", "a run has 9.22e+18 steps"),
        (f"M {' '.join(map(str, range(30_000)))}", "measurements of 30000 qubits takes too long"),
    ],
)
def test_circuits_that_are_too_large_are_refused_at_once(text, sentence, tmp_path):
    path = tmp_path / "large.stim"
    path.write_text(text)
    with pytest.raises(InvalidCase) as caught:
        make(f"file[path={path},what=measurements]")
    assert sentence in str(caught.value)


def test_symmetries_have_the_same_law():
    instance = make("random[n=4,layers=4,p=0.05,shots=300]")
    names = []
    for symmetry in PROBLEM.symmetries(instance, np.random.default_rng(0)):
        names.append(symmetry.name)
        assert symmetry.instance.data["circuit"] != instance.data["circuit"]
        again = truth_of(parse(symmetry.instance.data["circuit"]), False, np.random.default_rng(0))
        np.testing.assert_allclose(again["rates"], instance.truth["rates"], atol=1e-12)
        assert PROBLEM.score(symmetry.instance, right(symmetry.instance))[0] == 0
    assert names == ["qubits permuted", "qubits far apart"]


# Answers


@pytest.mark.parametrize(
    ("answer", "wrong"),
    [
        (None, "expected an array of uint8 (200, 4)"),
        (np.zeros((200, 4)), "the answer is of type float64 array"),
        (np.zeros((200, 4), bool), "the answer is of type bool array"),
        (np.zeros((200, 3), np.uint8), "the answer has the shape (200, 3), expected (200, 4)"),
        (np.zeros((199, 4), np.uint8), "the answer has the shape (199, 4), expected (200, 4)"),
        (np.zeros(800, np.uint8), "the answer has the shape (800,)"),
        (np.full((200, 4), 255, np.uint8), "bits behind the 25 of a sample are set"),
    ],
)
def test_answers_that_are_none(answer, wrong):
    assert wrong in refusal(make("surface_code[distance=3,shots=200]"), answer)


def test_a_wrong_bit_in_a_thousand_is_seen_where_none_may_be():
    instance = make("known[name=classical,shots=1000]")
    answer = right(instance)
    answer[700] ^= 4
    assert refusal(instance, answer) == (
        "measurement 2 is 1 in 999 of 1000 shots, expected about 1000"
    )


def shuffled(bits, rng):
    """Each bit has its rate, and knows nothing of the others."""
    return np.stack([rng.permutation(column) for column in bits.T], axis=1)


def duplicated(bits, rng):
    return bits[np.arange(len(bits)) // 2]


def repeated(bits, rng):
    return bits[np.arange(len(bits)) % (len(bits) // 8)]


def silent(bits, rng):
    return np.zeros_like(bits)


def constant(bits, rng):
    return np.repeat(bits[:1], len(bits), axis=0)


def moved(bits, rng):
    return np.roll(bits, 1, axis=1)


def noisier(bits, rng):
    return bits ^ (rng.random(bits.shape) < 0.01)


def quieter(bits, rng):
    return bits & (rng.random(bits.shape) < 0.9)


@pytest.mark.parametrize(
    "cheat", [shuffled, duplicated, repeated, silent, constant, moved, noisier, quieter]
)
@pytest.mark.parametrize(
    "case",
    [
        "surface_code[distance=5,p=0.01,shots=20000]",
        "surface_code[distance=5,p=0.01,shots=20000,what=measurements]",
    ],
)
def test_cheats_are_caught(case, cheat):
    instance = make(case)
    answer = right(instance)
    PROBLEM.score(instance, answer)
    bits = np.unpackbits(answer, axis=1, bitorder="little")[:, : instance.data["bits"]]
    spoiled = cheat(bits.astype(bool), np.random.default_rng(0))
    assert refusal(instance, np.packbits(spoiled, axis=1, bitorder="little"))


def test_copies_are_told():
    instance = make("repetition_code[distance=80,rounds=20,p=0.05,shots=500]")
    answer = right(instance)
    PROBLEM.score(instance, answer)
    answer[250] = answer[17]
    assert refusal(instance, answer).startswith("1 pairs of shots are equal, such as 17 and 250,")


@pytest.mark.parametrize("seed", range(3))
def test_copies_in_another_order_are_told(seed):
    """Most pairs of shots may be equal with so little noise; pairs of rare shots may not."""
    instance = make("surface_code[distance=11,shots=30000]")
    answer = right(instance, seed)
    PROBLEM.score(instance, answer)
    answer[15000:] = answer[np.random.default_rng(seed).permutation(15000)]
    assert "pairs of shots are equal" in refusal(instance, answer)


def bits_of(instance, seed=0):
    """A right answer, a bit in each byte."""
    packed = right(instance, seed)
    return np.unpackbits(packed, axis=1, bitorder="little")[:, : instance.data["bits"]]


@pytest.mark.parametrize("mixed", [0.0, 0.002, 0.01, 0.03])
@pytest.mark.parametrize(
    "case",
    [
        "repetition_code[distance=80,rounds=20,p=0.05,shots=2000]",
        "surface_code[distance=5,shots=30000]",
        "surface_code[distance=7,p=0.01,shots=20000]",
        "surface_code[distance=7,shots=20000,what=measurements]",
        "random[n=100,layers=20,shots=2000]",
    ],
)
def test_copies_with_some_bits_of_other_shots_are_told(case, mixed):
    """Every bit has its rate, and half of the shots are like another one."""
    instance = make(case)
    bits, rng = bits_of(instance), np.random.default_rng(1)
    half = len(bits) // 2
    bits[half:] = bits[rng.permutation(half)]
    others = bits[rng.permutation(len(bits))]
    bits = np.where(rng.random(bits.shape) < mixed, others, bits)
    assert refusal(instance, np.packbits(bits, axis=1, bitorder="little"))


@pytest.mark.parametrize(
    "case",
    [
        "surface_code[distance=3,p=0.0001,shots=2000]",
        "surface_code[distance=3,p=0.02,shots=2000]",
        "surface_code[distance=5,shots=4000,what=measurements]",
        "known[name=gauge,what=detectors,shots=1000]",
        "known[name=classical,shots=1000]",
        "random[n=10,layers=10,p=0.01,shots=3000]",
    ],
)
def test_repeats_of_right_shots_are_far_from_the_level(case):
    """Of 20 right answers none is refused, nor near it: half of what is allowed is e^-10."""
    instance = make(case)
    circuit, bits = parse(instance.data["circuit"]), instance.data["bits"]
    detectors = instance.data["what"] == "detectors"
    for seed in range(20):
        answer = right(instance, seed)
        found = _repeats.repeats(
            answer, bits, lambda count, rng: drawn(circuit, count, detectors, rng)
        )
        assert 0 <= found < 0.7


def test_repeats_are_counted_in_strata():
    first, second, third = np.array([[1, 0, 2, 1, 3], [1, 5, 0, 2, 0], [0, 1, 0, 1, 9]])
    again, fresh = _repeats._strata(first, second, third)
    assert again[:5].tolist() == [1, 2, 0, 0, 0]  # class 0; class 3 (three in both), class 4 (9)
    assert fresh[:5].tolist() == [0, 1, 0, 9, 0]


@pytest.mark.parametrize("shots", [0, 1, 2, 3])
def test_few_shots_have_no_repeats(shots):
    found = _repeats.repeats(np.zeros((shots, 1), np.uint8), 3, lambda n, _: np.zeros((n, 1), "u1"))
    assert found == 0


def test_weighing_pairs_of_equal_shots_is_fair():
    """The mean weight of all pairs of equal shots is what the bound says, where it is exact."""
    rates = np.array([0.02, 0.3, 0.5])
    rng = np.random.default_rng(0)
    chances = np.array([0.98, 0.02])[:, None, None] * np.array([0.7, 0.3])[:, None] * 0.5
    chances = (chances * np.ones(2)).reshape(-1)
    for tilt in _independence._TILTS:
        found = []
        for _ in range(300):
            counts = rng.multinomial(100, chances)
            found.append((counts * (counts - 1) / 2 * chances**-tilt).sum())
        sums = rates ** (2 - tilt) + (1 - rates) ** (2 - tilt)
        assert np.mean(found) == pytest.approx(100 * 99 / 2 * sums.prod(), rel=0.15)


def test_equal_shots_are_no_wonder_where_there_are_few_bits():
    for case in ("known[shots=1000]", "surface_code[distance=3,p=0.0001,shots=1000]"):
        instance = make(case)
        PROBLEM.score(instance, right(instance))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("H 0\nM 0\nH 0\nM 0\nM 0", "H 0\nM 0\nM 0\nH 0\nM 0"),
        ("MR(0.3) 0\nM 0", "M(0.3) 0\nM 0\nR 0"),
        ("MR(0.3) 0\nM 0", "X_ERROR(0.3) 0\nM 0\nM 0"),
        ("H 0\nM 0\nCX rec[-1] 1\nM 1", "H 0\nM 0\nM 1"),
        ("DEPOLARIZE2(0.3) 0 1\nM 0 1", "DEPOLARIZE1(0.24) 0 1\nM 0 1"),
        ("E(0.3) X0 X1\nM 0 1", "X_ERROR(0.3) 0 1\nM 0 1"),
    ],
)
def test_samples_of_another_circuit_are_refused(before, after):
    """Laws that differ in what samplers get wrong."""
    circuits = [parse(text) for text in (before, after)]
    truth = truth_of(circuits[0], False, np.random.default_rng(0))
    found = [[*samples(circuit, 3000, False, np.random.default_rng(1))][-1] for circuit in circuits]

    def draw(shots, rng):
        return drawn(circuits[0], shots, False, rng)

    check(truth, found[0], ("measurement", "measurements"), draw)
    if law(circuits[0]) != pytest.approx(law(circuits[1])):
        with pytest.raises(InvalidAnswer):
            check(truth, found[1], ("measurement", "measurements"), draw)


def test_parities_of_three_are_tested(tmp_path):
    """Coins of which any two are independent, and every third is the parity of two others."""
    path = tmp_path / "coins.stim"
    path.write_text("".join(f"H {i}\nM {i}\n" for i in range(24)))
    instance = make(f"file[path={path},shots=2000,what=measurements]")
    bits = np.random.default_rng(0).integers(0, 2, (2000, 24), np.uint8)
    PROBLEM.score(instance, np.packbits(bits, axis=1, bitorder="little"))
    bits[:, 2::3] = bits[:, 0::3] ^ bits[:, 1::3]
    said = refusal(instance, np.packbits(bits, axis=1, bitorder="little"))
    assert said.startswith("an odd number of the measurements ")


def test_sets_of_outputs_are_near_and_far():
    instance = make("surface_code[distance=7,shots=10]")
    truth, bits = instance.truth, instance.data["bits"]
    sets = np.split(truth["sets"], truth["set_starts"][1:-1])
    assert len(sets) == len(truth["set_rates"]) == 300
    assert {len(some) for some in sets} == {3, 4, 6, 8}
    assert all(len(set(some)) == len(some) and max(some) < bits for some in sets)
    outputs = parities(parse(instance.data["circuit"]), True)
    for some, rate in list(zip(sets, truth["set_rates"], strict=True))[::30]:
        together = [record for i in some for record in outputs[i]]
        [wanted] = ErrorModel(parse(instance.data["circuit"]), [together]).rates
        assert rate == pytest.approx(wanted, abs=1e-12)


FINE = [case for case in PROBLEM.suites["standard"] if "0000" in case and "tiny" not in case]


@pytest.mark.parametrize("case", FINE)
def test_a_bias_of_a_hundredth_is_caught(case):
    """One detector, or one measurement, that is 1 too often by 0.01, at the shots of the suite.

    The expected statistic S must lie so far above what is allowed, L, that the samples' own
    fluctuations hide it in one of a hundred runs at most.
    """
    instance = make(case)
    rates = instance.truth["rates"][: parse(instance.data["circuit"]).n_detectors or None]
    if instance.data["what"] == "measurements":
        rates = instance.truth["rates"]
    rates = rates[rates < 0.9]
    assert len(FINE) == 6
    assert len(rates) > 20
    allowed = np.log(2 * len(instance.truth["rates"]) / ALPHA)
    expected = instance.data["shots"] * divergence(rates + 0.01, rates)
    assert np.sqrt(expected.min()) > np.sqrt(allowed) + 1.65


@pytest.mark.parametrize("output", [3, 60, 110])
def test_a_biased_detector_is_named(output):
    instance = make("surface_code[distance=5,shots=30000]")
    bits = np.unpackbits(right(instance), axis=1, bitorder="little")
    more = np.random.default_rng(output).random(len(bits)) < 0.01 / (1 - bits[:, output].mean())
    bits[:, output] |= more
    said = refusal(instance, np.packbits(bits, axis=1, bitorder="little"))
    assert said.startswith((f"output {output} is 1 in", f"outputs {output} and", "outputs "))
    assert f"output {output} " in said or f" {output} " in said


def with_half_the_noise(text):
    """Two such circuits in a row, as far as flips go, are the one with all noise 0.01."""
    halves = {
        "X_ERROR": (1 - np.sqrt(1 - 2 * 0.01)) / 2,
        "DEPOLARIZE1": (1 - np.sqrt(1 - 4 / 3 * 0.01)) * 3 / 4,
        "DEPOLARIZE2": (1 - np.sqrt(1 - 16 / 15 * 0.01)) * 15 / 16,
    }
    for name, half in halves.items():
        text = text.replace(f"{name}(0.01)", f"{name}({half})")
    assert "0.01)" not in text
    return parse(text)


@pytest.mark.parametrize("period", [768, 5000])
def test_noise_that_is_used_again_is_caught(period):
    """Half of the noise of each shot is that of another one, so that no two shots are equal."""
    instance = make("surface_code[distance=5,p=0.01,shots=20000]")
    half = with_half_the_noise(instance.data["circuit"])
    (first, second) = ([*samples(half, 20000, True, np.random.default_rng(i))][-1] for i in (1, 2))
    PROBLEM.score(instance, first ^ second)
    shot = np.arange(20000)
    again = shot - period * (shot // period % 2)
    said = refusal(instance, first ^ second[again])
    assert f"bits of shots that are {period} apart agree" in said


def test_right_samplers_pass():
    """As often as they are asked: the level is 10^-9 of each kind of test."""
    instance = make("surface_code[distance=3,p=0.02,shots=2000]")
    worst = [PROBLEM.score(instance, right(instance, seed))[1] for seed in range(60)]
    assert max(found["test_statistic"] for found in worst) < 0.8


def test_the_statistic_is_the_bound_of_chernoff():
    counts, p = np.array([0, 3, 50, 97, 100]), np.array([0.1, 0.1, 0.5, 0.9, 1.0])
    share = counts / 100
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.nan_to_num(share * np.log(share / p))
        terms += np.nan_to_num((1 - share) * np.log((1 - share) / (1 - p)))
    expected = 100 * terms / np.log(2 * 5 / ALPHA)
    np.testing.assert_allclose(excess(counts, 100, p), expected, atol=1e-12)
    assert np.isinf(excess(np.array([1, 99]), 100, np.array([0.0, 1.0]))).all()


def test_scores_do_not_depend_on_how_bits_are_unpacked(monkeypatch):
    instance = make("surface_code[distance=3,p=0.02,shots=300]")
    answer = right(instance)
    whole = PROBLEM.score(instance, answer)
    monkeypatch.setattr(_checks, "_AT_ONCE", 100)
    monkeypatch.setattr(_independence, "_AT_ONCE", 300 * 24)  # all of the columns
    assert PROBLEM.score(instance, answer) == whole


def test_many_detectors_are_tested_in_pairs_too():
    instance = make("repetition_code[distance=30,shots=10]")
    pairs = instance.truth["pairs"]
    assert 300 < len(pairs) <= 600
    assert (pairs[:, 0] != pairs[:, 1]).all()
    assert 0 <= pairs.min() <= pairs.max() < instance.data["bits"]
    assert len(instance.truth["law"]) == 0
    plain = Instance(instance.data, instance.truth)
    assert PROBLEM.normal(plain, 5) == 5
