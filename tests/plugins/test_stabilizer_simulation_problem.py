"""The board of stabilizer simulation: cases, what is settled, scores, what is refused."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench_quantum import _codes
from bench_quantum._circuit import parse
from bench_quantum.stabilizer_simulation import _families
from bench_quantum.stabilizer_simulation._bit_rows import dependencies
from bench_quantum.stabilizer_simulation._parities import settled
from bench_quantum.stabilizer_simulation._program import compile_circuit
from bench_quantum.stabilizer_simulation.chp import CHP
from bench_quantum.stabilizer_simulation.inverse_tableau import InverseTableau
from bench_quantum.stabilizer_simulation.problem import StabilizerSimulation, renamed
from bench_quantum.stabilizer_simulation.state_vector import simulate
from harness.api import Data, InvalidAnswer, InvalidCase
from harness.cases import make_case
from harness.instances import case_rng

PROBLEM = StabilizerSimulation()
SMALL = [text for suite in ("smoke", "edge") for text in PROBLEM.suites[suite]]


def make(text):
    case = make_case("stabilizer_simulation", PROBLEM, text)
    return PROBLEM.make(case, case_rng("stabilizer_simulation", case))


def refusal(text):
    with pytest.raises(InvalidCase) as caught:
        make(text)
    return str(caught.value)


def rejection(instance, answer):
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(instance, answer)
    return str(caught.value)


def records(circuit, runs, seed=0):
    """Records by state vectors, uint8[runs, measurements]."""
    rng = np.random.default_rng(seed)
    coins = iter(lambda: int(rng.integers(2)), None)
    return np.array([simulate(circuit, coins) for _ in range(runs)])


def rank(rows):
    basis = {}
    for row in rows:
        number = int("0" + "".join(map(str, row.tolist())), 2)
        while number and number.bit_length() in basis:
            number ^= basis[number.bit_length()]
        if number:
            basis[number.bit_length()] = number
    return len(basis)


def assert_settles_exactly_what_is(circuit, seed):
    """All records satisfy what is settled, and they vary in everything else."""
    found = settled(circuit)
    count = circuit.n_measurements
    seen = records(circuit, count + 40, seed)
    for record in seen:
        np.testing.assert_array_equal(found.found(record), found.values)
    assert rank(seen[1:] ^ seen[0]) == count - len(found.values)
    assert len(set(found.latest().tolist())) == len(found.values)


@given(
    st.integers(1, 6), st.integers(0, 5), st.sampled_from([0.1, 0.5, 1.0]), st.integers(0, 10**6)
)
def test_what_is_settled_is_what_state_vectors_never_vary(n, layers, share, seed):
    text = _codes.random_circuit(np.random.default_rng(seed), n, layers, 0, share)
    assert_settles_exactly_what_is(parse(text), seed)


@pytest.mark.parametrize(
    "text",
    [
        "M 0 0 !0\nMR 0 0",
        "MPAD 0 1\nCX rec[-1] 0\nM 0",
        "RX 0\nM 0\nCX rec[-1] 1 rec[-1] 2\nCZ 1 2\nM 1 2",
        "MRY 0\nCX rec[-1] 1\nM 1",
        "MXX 0 !1\nMZZ 0 1\nMYY !0 1\nMPP X0*X1*X0*X1 !Y0*Y1",
        "REPEAT 3 {\nH 0\nM 0\nREPEAT 2 {\nCX rec[-1] 1\nM 1\n}\n}",
        "MX 0\nCX sweep[3] 0\nCZ 0 rec[-1]\nMX 0\nMY 0\nMY 0",
        "MX 0\n" * 30,
        "H 0\nM 0\n" * 30,
    ],
)
def test_odd_circuits(text):
    assert_settles_exactly_what_is(parse(text), 1)


def test_more_candidates_than_there_was_room_for():
    """One measurement after the other of one qubit; nothing ever becomes the identity before."""
    count = 3000
    found = settled(parse("H 0\nM" + " 0" * count))
    assert len(found.values) == count - 1
    circuit = parse("H 0\nM 0\n" + f"REPEAT {count} {{\nCX rec[-1] 1 0 1\nM 1\n}}")
    found = settled(circuit)
    record = records(circuit, 1)[0]
    np.testing.assert_array_equal(found.found(record), found.values)
    assert len(found.values) == count


@given(st.integers(1, 20), st.integers(1, 40), st.integers(0, 20), st.integers(0, 10**6))
def test_dependencies_are_all_there_are(rows, columns, most, seed):
    rng = np.random.default_rng(seed)
    left, right = rng.integers(2, size=(rows, most)), rng.integers(2, size=(most, columns))
    bits = (left @ right) % 2
    packed = np.zeros((rows, -(-columns // 64)), np.uint64)
    for row, column in zip(*np.nonzero(bits), strict=True):
        packed[row, column // 64] |= np.uint64(1 << int(column) % 64)
    found = list(dependencies(packed, columns))
    for terms in found:
        assert not (bits[:, terms].sum(axis=1) % 2).any()
        assert terms[-1] == terms.max()
    assert len(found) == columns - rank(bits.T.astype(np.uint8))
    latest = {int(terms[-1]) for terms in found}
    assert all(not latest & set(terms[:-1].tolist()) for terms in found)


def test_dependencies_of_many_columns():
    rng = np.random.default_rng(0)
    bits = rng.integers(2, size=(600, 640)).astype(np.uint8)
    bits[:, 600] = bits[:, :300].sum(axis=1) % 2
    packed = np.packbits(bits, axis=1, bitorder="little").view(np.uint64)
    found = list(dependencies(packed.copy(), 640))
    assert len(found) == 640 - rank(bits.T)
    for terms in found:
        assert not (bits[:, terms].sum(axis=1) % 2).any()


@pytest.mark.parametrize("number", range(len(_families.KNOWN)))
def test_circuits_with_a_known_record(number):
    text, bits = _families.KNOWN[number]
    instance = make(f"known[number={number}]")
    assert instance.data["circuit"] == text
    right = np.array(list(map(int, bits)), np.uint8)
    cost, scores = PROBLEM.score(instance, right)
    assert cost == 0
    assert scores["random_bits"] == 0
    for place in range(len(bits)):
        wrong = right.copy()
        wrong[place] ^= 1
        assert f"bit {place} " in rejection(instance, wrong)


def test_the_surface_code_of_distance_3():
    """The random ones of its 33 results, and how many sums of them are settled."""
    circuit = parse(_codes.surface_code(3, 3, 0))
    found = settled(circuit)
    assert len(found.values) == circuit.n_detectors + circuit.n_observables == 25
    assert not found.values.any()
    alone = {int(found.records[a]) for a, b in pairwise(found.starts) if b == a + 1}
    first = [0, 2, 5, 7, 8, 10, 13, 15, 16, 18, 21, *range(23, 33)]
    assert alone == set(range(33)) - set(first)


def test_every_detector_of_a_code_is_settled():
    for text in (_codes.surface_code(5, 4, 0, "x", False), _codes.repetition_code(6, 5, 0)):
        circuit = parse(text)
        assert len(settled(circuit).values) == circuit.n_detectors + circuit.n_observables


@pytest.mark.parametrize("text", SMALL)
def test_small_cases(text):
    instance = make(text)
    circuit = parse(instance.data["circuit"])
    sizes = instance.sizes
    assert sizes["n"] == circuit.n_qubits
    assert sizes["measurements"] == circuit.n_measurements
    assert sizes["random"] == circuit.n_measurements - len(instance.truth["values"])
    record = records(circuit, 1)[0]
    assert PROBLEM.score(instance, record)[0] == PROBLEM.exact(instance) == 0
    for answer in (record.tolist(), record.astype(bool), record.astype(np.int64)):
        assert PROBLEM.score(instance, answer) == PROBLEM.score(instance, record)
        np.testing.assert_array_equal(PROBLEM.normal(instance, answer), record)


@pytest.mark.parametrize("text", ["surface[d=2,rounds=3]", "monitored[n=6,layers=10,share=1]"])
def test_each_wrong_bit_of_a_settled_sum_is_caught(text):
    instance = make(text)
    record = records(parse(instance.data["circuit"]), 1)[0]
    involved = set(instance.truth["records"].tolist())
    for place in range(len(record)):
        other = record.copy()
        other[place] ^= 1
        if place in involved:
            assert "settled bits are wrong" in rejection(instance, other)
        else:
            assert PROBLEM.score(instance, other)[0] == 0


def test_families_are_what_they_say():
    assert make("random[n=40,layers=12]").sizes["gates"] == 12 * (40 + 20)
    assert make("ghz[n=30]").sizes["random"] == 1
    assert make("repetition[d=9]").sizes["random"] == 0
    assert make("surface[d=5]").sizes["measurements"] == 5 * 24 + 25
    teleport = make("teleport[hops=3]")
    assert teleport.sizes["random"] == 6
    assert {len(record) for record in records(parse(teleport.data["circuit"]), 3)} == {7}
    assert not records(parse(teleport.data["circuit"]), 20)[:, -1].any()
    text = make("monitored[n=30,layers=30,share=0.3]").data["circuit"]
    assert all(f"{name} " in text for name in ("MR", "MX", "MRY", "ISWAP", "rec[-1]"))
    one, other = (make(f"random[draw={draw}]").data["circuit"] for draw in (0, 1))
    assert one != other


@pytest.mark.parametrize(
    ("pattern", "said"),
    [(np.zeros(100), "random results are 1"), (np.arange(100) % 2, "differ from the one before")],
)
def test_random_bits_must_be_drawn(pattern, said):
    instance = make("random[n=100]")
    record, truth = pattern.astype(np.uint8), instance.truth
    for begin, end, value in zip(
        truth["starts"], truth["starts"][1:], truth["values"], strict=False
    ):
        *others, latest = truth["records"][begin:end]
        record[latest] = (record[others].sum() + value) % 2  # so that it is consistent
    assert said in rejection(instance, record)


@pytest.mark.parametrize("n", [42, 43])
def test_few_random_bits_may_be_anything(n, tmp_path):
    path = tmp_path / "plus.stim"
    path.write_text("RX " + " ".join(map(str, range(n))) + "\nM " + " ".join(map(str, range(n))))
    instance = make(f"file[path={path}]")
    if n == 42:
        assert PROBLEM.score(instance, [0] * n)[1]["ones_among_random_bits"] == 0
    else:
        assert "0 of 43 random results are 1" in rejection(instance, [0] * n)


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "of type NoneType, expected an array of 4 bits"),
        ("1010", "of type str"),
        (np.zeros(3, np.uint8), r"has the shape (3,)"),
        (np.zeros((4, 1), np.uint8), r"has the shape (4, 1)"),
        (np.array([1.0, 0, 1, 0]), "dtype float64"),
        (np.array([1, 0, 2, 0]), "bit 2 of the record is 2"),
        (np.array([1, 0, -1, 0]), "bit 2 of the record is -1"),
        ([1, [0], 1, 0], "unequal lists"),
        ([None] * 4, "dtype object"),
        (
            np.array([1, 1, 1, 1]),
            "2 of 4 settled bits are wrong, first bit 1 of the",
        ),
    ],
)
def test_what_is_no_answer(answer, said):
    assert said in rejection(make("known[number=0]"), answer)


def test_it_is_said_which_bit_is_settled_by_which():
    assert "the circuit settles that it is 0" in rejection(make("known[number=6]"), [1, 0, 0])
    said = rejection(make("ghz[n=2]"), [0, 1])
    assert "and 1 of the bits before it settle that it is 0" in said


BAD_TEXTS = {
    "unknown gate": ("H 0\nT 0\nM 0", "line 2"),
    "qubit beyond": ("M 16777216", "line 1"),
    "unclosed": ("REPEAT 3 {\nM 0", "line 1"),
    "probability": ("X_ERROR(1.5) 0\nM 0", "line 1"),
    "noise": ("H 0\nDEPOLARIZE1(0.1) 0\nM 0", "line 2: DEPOLARIZE1 is noise"),
    "noisy measurement": ("M(0.1) 0", "line 1: M is noise"),
    "certain noise": ("X_ERROR(1) 0\nM 0", "line 1: X_ERROR is noise"),
    "noise after others": ("M(0) 0\nX_ERROR(0) 0\nMPAD(0.5) 0", "line 3: MPAD is noise"),
    "detector too early": ("DETECTOR rec[-1]\nM 0", "line 1"),
    "nothing measured": ("H 0", "measures nothing"),
    "nothing at all": ("", "measures nothing"),
}


@pytest.mark.parametrize(("text", "said"), BAD_TEXTS.values(), ids=BAD_TEXTS)
def test_bad_circuits_are_refused(text, said, tmp_path):
    path = tmp_path / "bad.stim"
    path.write_text(text)
    assert said in refusal(f"file[path={path}]")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("REPEAT 4611686018427387903 {\nM 0\n}", "a run has 9.22e+18 steps, expected at most"),
        ("REPEAT 3000 {\nREPEAT 10000 {\nH 0\n}\n}\nM 0", "steps, expected at most 3e+07"),
        (
            f"REPEAT 100 {{\nM {' '.join(map(str, range(20_000)))}\n}}",
            "2000000 results of 20000 qubits takes more than 4 GiB",
        ),
    ],
)
def test_circuits_that_are_too_large_are_refused_at_once(text, said, tmp_path):
    path = tmp_path / "large.stim"
    path.write_text(text)
    assert said in refusal(f"file[path={path}]")


def test_numbers_of_qubits_may_be_large(tmp_path):
    """It is the qubits that are named which take memory."""
    path = tmp_path / "far.stim"
    path.write_text("H 16777215\nREPEAT 1000 {\nCX 16777215 3\nM 3 16777215\nH 16777215\n}\n")
    instance = make(f"file[path={path}]")
    for solver in (InverseTableau(), CHP()):
        [record] = solver.solve(Data(instance.data), np.random.default_rng(0))
        assert PROBLEM.score(instance, record)[0] == 0


def test_bad_files_are_refused(tmp_path):
    path = tmp_path / "bad.stim"
    path.write_bytes(b"M 0 # \xff")
    assert "not UTF-8 (byte 6)" in refusal(f"file[path={path}]")
    assert "there is no file" in refusal(f"file[path={tmp_path}/none.stim]")
    assert "cannot be read" in refusal(f"file[path={tmp_path}]")
    assert "write file[path=my.stim]" in refusal("file")


def test_a_circuit_without_qubits(tmp_path):
    path = tmp_path / "constants.stim"
    path.write_text("MPAD 0 1\nDETECTOR rec[-1]\n")
    instance = make(f"file[path={path}]")
    assert PROBLEM.score(instance, [0, 1])[0] == 0
    assert "bit 1 of the record" in rejection(instance, [0, 0])
    assert "1 of 2 settled bits are wrong, first bit 0" in rejection(instance, [1, 1])


def test_a_users_own_circuit(tmp_path):
    path = tmp_path / "own.stim"
    path.write_text("H 0\nCX 0 1\nI_ERROR(0.5) 0\nM(0) 0 1\nDETECTOR rec[-1] rec[-2]\n")
    instance = make(f"file[path={path}]")
    assert PROBLEM.score(instance, [1, 1])[0] == 0
    rejection(instance, [1, 0])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("random[n=0]", "n is 0, expected at least 1"),
        ("random[layers=-1]", "layers is -1"),
        ("monitored[n=1]", "n is 1, expected at least 2"),
        ("monitored[share=1.5]", "share is 1.5"),
        ("surface[d=1]", "d is 1, expected at least 2"),
        ("surface[rounds=-1]", "rounds is -1"),
        ("surface[basis=y]", "basis is 'y', expected x or z"),
        ("repetition[d=1]", "d is 1"),
        ("ghz[n=0]", "n is 0"),
        ("teleport[hops=0]", "hops is 0"),
        ("known[number=7]", "number is 7, expected 0 to 6"),
        ("known[number=-1]", "number is -1"),
    ],
)
def test_impossible_parameters(text, said):
    assert said in refusal(text)


def test_qubits_are_renamed_and_nothing_else():
    text = (
        "QUBIT_COORDS(1, 2) 0\nC_XYZ 1 # 0 1\nSQRT_XX 0 1\nREPEAT 10 {\nMPP !X0*Y1\n  M !2\n}\n"
        "CX rec[-1] 2 sweep[0] 1\nMPAD 0 1\nDETECTOR(0) rec[-1]\nM(0)  0 1\n"
    )
    expected = (
        "QUBIT_COORDS(1, 2) 2\nC_XYZ 0 \nSQRT_XX 2 0\nREPEAT 10 {\nMPP !X2*Y0\n  M !1\n}\n"
        "CX rec[-1] 1 sweep[0] 0\nMPAD 0 1\nDETECTOR(0) rec[-1]\nM(0)  2 0\n"
    )
    assert renamed(text, np.array([2, 0, 1])) == expected


@pytest.mark.parametrize("text", [*SMALL, "monitored[n=5,layers=20,share=0.3]"])
def test_symmetries_settle_the_same(text):
    instance = make(text)
    circuit = parse(instance.data["circuit"])
    for symmetry in PROBLEM.symmetries(instance, np.random.default_rng(0)):
        other = parse(symmetry.instance.data["circuit"])
        assert other.n_qubits <= circuit.n_qubits  # less where numbers were left out
        found = settled(other)
        np.testing.assert_array_equal(found.records, instance.truth["records"])
        np.testing.assert_array_equal(found.values, instance.truth["values"])


def test_suites_of_larger_cases_parse():
    for suite in ("standard", "large", "growth"):
        for text in PROBLEM.suites[suite]:
            make_case("stabilizer_simulation", PROBLEM, text)


def test_the_program_of_a_loop_is_that_of_its_rounds():
    body = "H 0\nM 0\nCX rec[-1] 1\nREPEAT 2 {\nMPP X0*Z1\nCZ rec[-2] 0\n}\n"
    looped, written = f"M 2\nREPEAT 3 {{\n{body}}}\nM 1", "M 2\n" + body * 3 + "M 1"
    one, other = (compile_circuit(parse(text)) for text in (looped, written))
    np.testing.assert_array_equal(one.ops, other.ops)
    assert one.n_records == other.n_records == 1 + 3 * 3 + 1
