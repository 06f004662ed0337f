"""Circuits: text to arrays, and a sentence with the line for everything that is none."""

import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench_quantum._circuit import (
    CODE,
    INVERTED,
    JOINED,
    NUMBER,
    OPERATIONS,
    RECORD,
    SWEEP,
    X_BIT,
    Z_BIT,
    CircuitError,
    parse,
)
from bench_quantum._circuit_operations import ALIASES, NAMES
from bench_quantum._circuit_text import relabelled, write
from bench_quantum.stabilizer_sampling._random_text import tiny_circuit

Y_BITS = X_BIT | Z_BIT


def only(text):
    """Name, targets and arguments of the last instruction."""
    circuit = parse(text)
    last = len(circuit) - 1
    name = OPERATIONS[circuit.opcodes[last]].name
    return name, circuit.targets_of(last).tolist(), circuit.arguments_of(last).tolist()


def refusal(text):
    with pytest.raises(CircuitError) as caught:
        parse(text)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("H 0", ("H", [0], [])),
        ("  h\t0 5  # comment", ("H", [0, 5], [])),
        ("H[a tag with # ( and }] 3", ("H", [3], [])),
        ("H 0\r", ("H", [0], [])),
        ("H", ("H", [], [])),
        ("H 16777215", ("H", [NUMBER], [])),
        ("CNOT 0 1 1 2", ("CX", [0, 1, 1, 2], [])),
        ("H 0 0", ("H", [0, 0], [])),
        ("M !3 4", ("M", [3 | INVERTED, 4], [])),
        ("MR(0.25) 0", ("MR", [0], [0.25])),
        ("MXX !0 1 2 !3", ("MXX", [INVERTED, 1, 2, 3 | INVERTED], [])),
        ("PAULI_CHANNEL_1(.1, 2e-1 ,0.3) 7", ("PAULI_CHANNEL_1", [7], [0.1, 0.2, 0.3])),
        ("PAULI_CHANNEL_1(.1,.2,.7) 7", ("PAULI_CHANNEL_1", [7], [0.1, 0.2, 0.7])),
        ("E(1) X1 Y2 z3", ("CORRELATED_ERROR", [1 | X_BIT, 2 | Y_BITS, 3 | Z_BIT], [1.0])),
        ("MPP X1*Y2", ("MPP", [1 | X_BIT, 2 | Y_BITS | JOINED], [])),
        ("MPP X1 !Y2", ("MPP", [1 | X_BIT, 2 | Y_BITS | INVERTED], [])),
        ("MPP !X1*!Z2", ("MPP", [1 | X_BIT, 2 | Z_BIT | JOINED], [])),
        # i X Z = Y, so that X0 Z0 X1 Z1 = (-i)^2 Y0 Y1
        ("MPP X0*Z0*X1*Z1", ("MPP", [Y_BITS | INVERTED, 1 | Y_BITS | JOINED], [])),
        ("MPP Z0*X0*X1*Z1", ("MPP", [Y_BITS, 1 | Y_BITS | JOINED], [])),
        ("MPP X0*Y0*Z0*X1*Y1*Z1*X2", ("MPP", [2 | X_BIT | INVERTED], [])),
        ("MPP X0*X0 !Z3*Z3", ("MPP", [0, 3 | INVERTED], [])),
        ("MPAD 0 1 1", ("MPAD", [0, 1, 1], [])),
        ("M 0\nDETECTOR(1,-2,.5) rec[-1] rec[-1]", ("DETECTOR", [RECORD | 1] * 2, [1, -2, 0.5])),
        ("DETECTOR", ("DETECTOR", [], [])),
        ("DETECTOR()", ("DETECTOR", [], [])),
        ("OBSERVABLE_INCLUDE(3)", ("OBSERVABLE_INCLUDE", [], [3.0])),
        ("M 0 1\nCX rec[-2] 4 5 6", ("CX", [RECORD | 2, 4, 5, 6], [])),
        ("M 0\nCZ 4 rec[-1]", ("CZ", [RECORD | 1, 4], [])),
        ("CY sweep[9] 0", ("CY", [SWEEP | 9, 0], [])),
        ("SHIFT_COORDS(1, 2)", ("SHIFT_COORDS", [], [1, 2])),
        ("QUBIT_COORDS(0.5) 3 4", ("QUBIT_COORDS", [3, 4], [0.5])),
        ("TICK", ("TICK", [], [])),
        ("I_ERROR(0.5) 1", ("I_ERROR", [1], [0.5])),
        ("HERALDED_ERASE(0.5) 1", ("HERALDED_ERASE", [1], [0.5])),
    ],
)
def test_what_a_line_means(text, expected):
    name, targets, arguments = only(text)
    assert (name, targets, arguments) == expected


def test_every_name_is_known_in_any_case():
    for name, code in NAMES.items():
        if name == "REPEAT":
            continue
        operation = OPERATIONS[code]
        count = {"DETECTOR": 0}.get(operation.name, operation.arguments[-1])
        given_arguments = f"({','.join(['0'] * count)})" if count > 0 else ""
        assert only(f"{name.lower()}{given_arguments}")[0] == ALIASES.get(name, name)


def test_what_is_counted():
    circuit = parse(
        """
        QUBIT_COORDS(1, 2) 9
        M 0 1
        REPEAT 10 {
            MPP X0*X1 Z2
            REPEAT 3 {
                MXX 0 1 2 3
                DETECTOR rec[-1]
            }
            MPAD 0
            HERALDED_ERASE(0.1) 0 1
        }
        DETECTOR
        OBSERVABLE_INCLUDE(4) rec[-1]
        """
    )
    assert circuit.n_qubits == 10
    assert circuit.n_measurements == 2 + 10 * (2 + 3 * 2 + 1 + 2)
    assert circuit.n_detectors == 31
    assert circuit.n_observables == 5
    assert circuit.depth == 2
    assert circuit.lines.tolist() == list(range(2, 15))
    assert circuit.times().tolist() == [1, 1, 1, 10, 10, 30, 30, 10, 10, 10, 1, 1, 1]


def test_loops_are_unrolled_in_order():
    circuit = parse("H 0\nREPEAT 2 {\nX 0\nREPEAT 3 {\nY 0\n}\nREPEAT 1 {\n}\n}\nZ 0\n")
    names = [OPERATIONS[circuit.opcodes[at]].name for at in circuit.steps()]
    assert names == ["H", *2 * ["X", "Y", "Y", "Y"], "Z"]
    repeat, end = CODE["REPEAT"], CODE["END"]
    begins = np.flatnonzero(circuit.opcodes == repeat)
    assert (circuit.opcodes[circuit.partners[begins]] == end).all()
    assert (circuit.partners[circuit.partners[begins]] == begins).all()
    assert circuit.counts[begins].tolist() == [2, 3, 1]


def test_an_empty_circuit():
    for text in ("", "\n\n", "# nothing", "   \t"):
        circuit = parse(text)
        assert len(circuit) == circuit.n_qubits == circuit.n_measurements == 0
        assert list(circuit.steps()) == []


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("H 0\n\nFOO 1", "line 3: there is no operation 'FOO' in this subset of the format"),
        ("T 0", "line 1: there is no operation 'T'"),
        ("END", "line 1: there is no operation 'END'"),
        ("H(0.1) 0", "line 1: H takes 0 arguments, got 1"),
        ("X_ERROR 0", "line 1: X_ERROR takes 1 arguments, got 0"),
        ("M(0.1, 0.2) 0", "line 1: M takes 0 or 1 arguments, got 2"),
        ("DEPOLARIZE1(1.01) 0", "line 1: a probability lies from 0 to 1, got (1.01)"),
        ("M(-0.1) 0", "line 1: a probability lies from 0 to 1, got (-0.1)"),
        ("X_ERROR(nan) 0", "line 1: expected finite numbers separated by commas, got (nan)"),
        ("X_ERROR(1e999) 0", "line 1: expected finite numbers"),
        ("X_ERROR(1_0) 0", "line 1: expected finite numbers"),
        ("X_ERROR() 0", "line 1: expected finite numbers"),
        ("X_ERROR(0.1;0.2) 0", "line 1: expected finite numbers"),
        ("PAULI_CHANNEL_1(.5,.5,.1) 0", "line 1: the probabilities (.5,.5,.1) add up to more"),
        ("OBSERVABLE_INCLUDE(0.5)", "line 1: expected an index from 0 to 16777215, got 0.5"),
        ("OBSERVABLE_INCLUDE(-1)", "line 1: expected an index"),
        ("H 16777216", "line 1: the index of '16777216' is too large, expected at most 16777215"),
        (f"H {'9' * 5000}", "is too large"),
        ("H -1", "line 1: there is no target '-1'"),
        ("H 0,1", "line 1: there is no target '0,1' (they are separated by blanks only)"),
        ("H 0 1;", "line 1: there is no target '1;' (they are separated by blanks only)"),
        ("H !0", "line 1: H takes qubits such as 5, got '!0'"),
        ("H X0", "line 1: H takes qubits such as 5, got 'X0'"),
        ("M X0", "line 1: M takes qubits such as 5 or !5, got 'X0'"),
        ("M 0\nH rec[-1]", "line 2: H takes qubits such as 5, got 'rec[-1]'"),
        ("E(0.1) 0", "line 1: CORRELATED_ERROR takes Pauli targets such as X1 or Z3, got '0'"),
        ("MPP 0", "line 1: MPP takes Pauli products such as X1*Z3 or !Y2, got '0'"),
        ("MPP X0*", "line 1: there is no target ''"),
        ("MPP X0*Z0", "line 1: the product X0*Z0 is anti-Hermitian, so that it has no result"),
        ("MPP X0*Y0*Z0", "line 1: the product X0*Y0*Z0 is anti-Hermitian"),
        ("MPAD 2", "line 1: MPAD takes the bits 0 or 1, got 2"),
        ("MPAD !0", "line 1: MPAD takes the bits 0 or 1, got '!0'"),
        ("TICK 0", "line 1: TICK takes no targets, got '0'"),
        ("CX 0", "line 1: CX takes pairs of targets, got 1"),
        ("CX 0 1 2 2", "line 1: CX takes two different qubits, got 2"),
        ("MXX 0 !0", "line 1: MXX takes two different qubits, got 0"),
        ("M 0\nCX 0 rec[-1]", "line 2: CX acts on qubits; a record or sweep bit may only control"),
        ("M 0\nCZ rec[-1] sweep[0]", "line 2: CZ acts on qubits"),
        ("M 0\nSWAP rec[-1] 1", "line 2: SWAP takes qubits such as 5, got 'rec[-1]'"),
        ("DETECTOR 0", "line 1: DETECTOR takes records such as rec[-1], got '0'"),
        ("M 0\nDETECTOR rec[0]", "line 2: there is no target 'rec[0]'"),
        ("M 0\nDETECTOR rec[-0]", "line 2: there is no rec[-0]: rec[-1] is the latest record"),
        ("M 0\nDETECTOR rec[1]", "line 2: there is no target 'rec[1]'"),
        (
            "M 0\nDETECTOR rec[-1] rec[-2]",
            "line 2: rec[-2] looks back before the first measurement; there are 1 records by then",
        ),
        ("CX rec[-1] 0", "line 1: rec[-1] looks back before the first measurement"),
        ("REPEAT 9 {\nDETECTOR rec[-1]\nM 0\n}", "line 2: rec[-1] looks back before the first"),
        ("REPEAT 0 {\n}", "line 1: REPEAT 0: expected at least one round"),
        (f"REPEAT {'9' * 30} {{\n}}", "expected at least one round and less than 2^62"),
        ("REPEAT 2\n{\n}", "line 1: expected REPEAT, a number of rounds and { on the same line"),
        ("REPEAT 2 { H 0\n}", "line 1: expected REPEAT"),
        ("REPEAT {\n}", "line 1: expected REPEAT"),
        ("REPEAT(2) 2 {\n}", "line 1: expected REPEAT"),
        ("H 0\nREPEAT 2 {\nREPEAT 3 {\n}\n", "line 2: this REPEAT is never closed"),
        ("REPEAT 2 {\n}\n}", "line 3: there is no REPEAT that this } could close"),
        (
            "REPEAT 4611686018427387903 {\nM 0 1\n}",
            "line 3: the loops record 2^62 bits or more: repeat fewer times",
        ),
        ("H(0.1 0", "line 1: the arguments of H are never closed"),
        ("H[tag 0", "line 1: the tag of H is never closed"),
        ("H!0", "line 1: expected a blank before the targets of H, got '!0'"),
        ("X_ERROR(0.1)5", "line 1: expected a blank before the targets of X_ERROR, got '5'"),
        ("5 H", "line 1: expected an operation, a comment or }, got '5 H'"),
        ("H 0\nH \x00", "line 2: there is a control character '\\x00': remove it"),
        ("H 0\u20281", "line 1: there is a control character"),
        ("H 0\xa01", "line 1: there are no such targets"),
        ("H \u0661", "line 1: there are no such targets"),
        ("CX \u017fweep[0] 1", "line 1: there are no such targets"),
    ],
)
def test_what_is_no_circuit(text, sentence):
    assert sentence in refusal(text)


def test_the_error_knows_its_line():
    with pytest.raises(CircuitError) as caught:
        parse("H 0\nM 0\nDETECTOR rec[-5]")
    assert caught.value.line == 3
    assert isinstance(caught.value, ValueError)


LINES = st.lists(
    st.one_of(
        st.builds(
            "{}{}{} {}".format,
            st.sampled_from([*NAMES, "FOO", "}", "h", "REPEAT"]),
            st.sampled_from(["", "[tag]", "[", "]"]),
            st.sampled_from(["", "(0.1)", "(", ")", "(1,2,3)", "(nan)", "(-1)", "()", "(1e400)"]),
            st.lists(
                st.sampled_from(
                    "0 1 5 !2 X1 Y2*Z3 rec[-1] rec[-9] sweep[1] { } 3 { * ! # 99999999999".split()
                )
                | st.text(max_size=4),
                max_size=5,
            ).map(" ".join),
        ),
        st.sampled_from(["REPEAT 3 {", "}", "M 0 1 2", "# x", ""]),
        st.text(max_size=30),
    ),
    max_size=12,
)


@st.composite
def mutated(draw):
    """A sound circuit in which a few characters were changed."""
    text = tiny_circuit(np.random.default_rng(draw(st.integers(0, 2**32))), 3, 12, 6)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        more = draw(st.sampled_from([*"0129 !*-.,()[]{}#XZ\n", "rec[-1]", " 1 2", "M 0\n", ""]))
        text = text[:place] + more + text[place + draw(st.integers(0, 2)) :]
    return text


def line_of_error(text):
    """None where the text is a circuit."""
    try:
        circuit = parse(text)
    except CircuitError as error:
        return error.line
    assert (circuit.targets >= 0).all()
    assert circuit.first_target[-1] == len(circuit.targets)
    assert (np.diff(circuit.first_target) >= 0).all()
    return None


@settings(max_examples=600)
@given(LINES.map("\n".join) | mutated())
def test_no_text_breaks_it(text):
    line = line_of_error(text)
    assert line is None or 1 <= line <= text.count("\n") + 1


@settings(max_examples=400)
@given(mutated())
def test_what_we_accept_stim_accepts(text):
    stim = pytest.importorskip("stim", reason="the format is theirs")
    if line_of_error(text) is not None:
        return
    circuit, theirs = parse(text), stim.Circuit(text)
    found = (circuit.n_measurements, circuit.n_detectors, circuit.n_observables)
    assert found == (theirs.num_measurements, theirs.num_detectors, theirs.num_observables)
    if "MPAD" not in text:  # they take its bits for qubits
        assert circuit.n_qubits == theirs.num_qubits


@settings(max_examples=300)
@given(mutated())
def test_what_stim_refuses_we_refuse(text):
    """Reading or running it, as ours are sound once they are read."""
    stim = pytest.importorskip("stim", reason="the format is theirs")
    try:
        theirs = stim.Circuit(text)
        theirs.compile_detector_sampler().sample(1)
    except (ValueError, IndexError):
        assert line_of_error(text) is not None


@settings(max_examples=60)
@given(st.integers(0, 2**32))
def test_written_and_read_again_it_is_the_same(seed):
    rng = np.random.default_rng(seed)
    circuit = parse(tiny_circuit(rng, int(rng.integers(1, 6)), 25, 6))
    again = parse(write(circuit))
    for name in ("opcodes", "first_target", "targets", "arguments", "partners", "counts"):
        np.testing.assert_array_equal(getattr(again, name), getattr(circuit, name), name)


def test_qubits_may_have_other_names():
    text = "H 0\nCX 0 1\nM !1\nCZ rec[-1] 0\nMPP X0*!Y1\nE(0.5) Z0\nMPAD 0 1\nDETECTOR rec[-1]\n"
    expected = "H 8\nCX 8 3\nM !3\nCZ rec[-1] 8\nMPP !X8*Y3\nCORRELATED_ERROR(0.5) Z8\nMPAD 0 1\n"
    assert relabelled(parse(text), np.array([8, 3])) == f"{expected}DETECTOR rec[-1]\n"
    moved = parse(relabelled(parse(text), np.array([5, 7000])))
    np.testing.assert_array_equal(moved.compacted().targets, parse(text).targets)
    assert moved.n_qubits == 7001
    assert moved.compacted().n_qubits == 2


def test_noise_is_taken_out():
    text = (
        "X_ERROR(0.1) 0\nM(0.1) 0\nHERALDED_ERASE(0.2) 0 1\nREPEAT 2 {\nDEPOLARIZE2(0.1) 0 1\n"
        "MPP(0.5) X0*X1\n}\nDETECTOR(3) rec[-1]\nE(0.1) X0\nOBSERVABLE_INCLUDE(2) rec[-1]\n"
    )
    expected = (
        "TICK\nM 0\nMPAD 0 0\nREPEAT 2 {\nTICK\nMPP X0*X1\n}\nDETECTOR(3) rec[-1]\nTICK\n"
        "OBSERVABLE_INCLUDE(2) rec[-1]\n"
    )
    found, wanted = parse(text).noiseless(), parse(expected)
    for name in vars(wanted):
        if name != "n_qubits":
            np.testing.assert_array_equal(getattr(found, name), getattr(wanted, name), name)


def test_long_circuits_are_read_in_seconds():
    lines = ["M 0"] + [f"DETECTOR({i}, 0) rec[-1] rec[-1]\nCX {i} {i + 1}" for i in range(50_000)]
    start = time.process_time()
    circuit = parse("\n".join(lines))
    assert time.process_time() - start < 10  # half a second on a quiet machine
    assert len(circuit) == 100_001
