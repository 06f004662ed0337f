"""The kernel that reads circuits, against the parser in Python, which is its naive twin."""

import re
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from bench_quantum import _circuit_reader
from bench_quantum._circuit import CircuitError, parse
from bench_quantum._circuit_operations import NAMES
from bench_quantum._circuit_parser import read
from bench_quantum._circuit_reader import read_quickly
from bench_quantum._codes import random_circuit, repetition_code, surface_code
from bench_quantum.stabilizer_sampling._random_text import tiny_circuit

HEADER = Path(__file__).parents[2] / "cext" / "circuit_text.h"


def by_twin(text):
    """What the parser in Python makes of it; None where that refuses it."""
    try:
        return read(text)
    except CircuitError:
        return None


def assert_same(found, expected):
    assert list(found) == list(expected)
    for name, value in expected.items():
        if isinstance(value, np.ndarray):
            assert found[name].dtype == value.dtype, name
            assert found[name].tobytes() == value.tobytes(), name  # -0.0 is not 0.0
        else:
            assert found[name] == value, name


def assert_as_the_twin(text):
    """Also that nothing sound is left to the twin."""
    found, expected = read_quickly(text), by_twin(text)
    assert (found is None) == (expected is None), text
    if found is not None:
        assert_same(found, expected)


SOUND = {
    "rotated": surface_code(5, 3, 0.001),
    "unrotated": surface_code(3, 2, 0.1, "x", rotated=False),
    "noiseless": surface_code(4, 4, 0.0),
    "repetition": repetition_code(9, 4, 1e-05),
    "random": random_circuit(np.random.default_rng(1), 20, 30, 0.01, 0.3),
    "nothing": "",
    "no newline at the end": "H 0",
    "blank lines": "\n\n \t\r\n# only words\nH 0\r\n\r\n",
    "spaces": "\t h\t0  5 \t# words\n  M(0.1) !3 !4#",
    "words in other languages": "H 0 # für später: 測定\nM[ß] 0\n",
    "tags": "H[a ( b # } c] 3\nM[](0.5) 1\nREPEAT[twice] 2 { # body\nTICK[]\n}",
    "arguments": "DETECTOR\nDETECTOR()\nDETECTOR( \t)\nDETECTOR(1,-2 , +3e1,.5,5.)\nI_ERROR 0",
    "indices": "OBSERVABLE_INCLUDE(16777215)\nOBSERVABLE_INCLUDE(3e0)\nH 16777215 00000000000007",
    "records": "M 0 1\nCX rec[-2] 0 sweep[5] 1\nCZ 0 rec[-1] rec[-2] 1\nDETECTOR rec[-1] rec[-1]",
    "products": "MPP X0*Y1*Z2 !X0*!Z3 X0*Y0*Z0*X1*Y1*Z1*X2 X0*X0 !Z3*Z3 x1*z0*X0*z1\nMPP",
    "pairs": "MXX !0 1 2 !3\nSWAP\nISWAP 0 1 1 0",
    "loops": "M 0\nREPEAT 3 {\nREPEAT 1000000007 {\nM 0 1\nDETECTOR rec[-1]\n}\nMPAD 0 1\n}\nM 5",
    "the most rounds": "REPEAT 4611686018427387903 {\nM 0\n}",
    "any case": "cnot 0 1\nMz 0\nRePeAt 2 {\nzCz 0 1\n}",
}


@pytest.mark.parametrize("text", SOUND.values(), ids=SOUND)
def test_sound_circuits_are_read(text):
    found = read_quickly(text)
    assert found is not None
    assert_same(found, read(text))


def test_every_name_is_read():
    for name in NAMES:
        if name != "REPEAT":
            for count in (0, 1, 3, 15):
                arguments = ",".join(["0"] * count)
                assert_as_the_twin(f"{name.lower()}({arguments})" if count else name.lower())


@settings(max_examples=300)
@given(st.integers(0, 2**32))
def test_random_circuits_of_all_operations_are_read(seed):
    rng = np.random.default_rng(seed)
    text = tiny_circuit(rng, int(rng.integers(1, 6)), 25, 8)
    assert read_quickly(text) is not None
    assert_as_the_twin(text)


PIECES = [
    *"0129 !*-.,()[]{}#XYZxyz\n\t\r;eE+_\x00\x0b\x7f\x85\xa0\u0661\u017f\u2028\u2029\u202a\ud800",
    *["rec[-1]", "rec[-3]", "sweep[1]", " 1 2", "M 0\n", "CZ 0 rec[-1]\n", "(0.1)", "[t]", "end\n"],
    *["MPP X0*Y1*X0*Z1*!Z2\n", "DETECTOR(1, -2,3e1) rec[-1]\n", "I_ERROR() 3\n"],
    *["REPEAT 3 {\n", "}\n", "REPEAT 0 {\n", "4611686018427387904", "16777215", "16777216"],
    *["1e400", ".1234567890123456789"],
]


@st.composite
def spoiled(draw):
    """A sound circuit in which a few characters were changed."""
    text = tiny_circuit(np.random.default_rng(draw(st.integers(0, 2**32))), 3, 8, 6)
    for _ in range(draw(st.integers(0, 3))):
        place = draw(st.integers(0, len(text)))
        more = draw(st.sampled_from(PIECES))
        text = text[:place] + more + text[place + draw(st.integers(0, 2)) :]
    return text


@settings(max_examples=1500)
@given(spoiled() | st.lists(st.sampled_from([*PIECES, *NAMES, " ", "\n"])).map("".join))
@example("PAULI_CHANNEL_1(0.5,0.5,0.0000000005) 0")
@example("M 0\nREPEAT 4611686018427387902 {\nM 0\n}\nM 0\nREPEAT 1 {\n}")
@example("M 0\nREPEAT 4611686018427387902 {\nM 0\n}")
@example("REPEAT 2305843009213693952 {\nDETECTOR\nDETECTOR\n}")
@example("CZ rec[-1] 0")
@example("M 0\nCZ rec[-1] rec[-1]")
@example("CX 0 rec[-1]")
@example("DETECTOR(\u3000)")
@example("H 0 \ud800")
def test_it_reads_what_its_twin_does_and_nothing_else(text):
    found, expected = read_quickly(text), by_twin(text)
    if found is not None:
        assert expected is not None, text
        assert_same(found, expected)
    elif expected is not None:  # what only the twin can read must be rare; these are all there is
        assert re.search(r"\([^()#]*[^\x00-\x7f][^()#]*\)", text), text


@pytest.mark.parametrize(
    "text",
    [
        "H\x0b0",
        "H 0\x1f",
        "H 0 # \x01",
        "H[\x7f] 0",
        "H 0 # \x85",
        "H 0 # \u2029",
        "H 0\n\x00",
        "H[a\nb] 0",
        "H 0 }",
        "} H",
        "}}",
        "M 0\nDETECTOR rec[-1",
        "DETECTOR rec",
        "CX sweep[0 1",
        "M(0.1",
        "M(0.1) 0(",
        "M(0.1)) 0",
        "M((0.1)) 0",
        "M(,) 0",
        "M(0.1,) 0",
        "M(0x1) 0",
        "M(1e) 0",
        "M(.) 0",
        "M(e1) 0",
        "M(0 .1) 0",
        "M(+-0) 0",
        "M(inf) 0",
        "M(\r0.1) 0",
        "REPEAT 2{",
        "REPEAT\r2 {\n}",
        "REPEAT 2 \r{\n}",
        "REPEAT 2 {",
        "ELSE_CORRELATED_ERRORS(0.1) X0",
        "A_NAME_THAT_IS_LONGER_THAN_ANY_OTHER_ONE 0",
        "0H",
        "MPP X0*",
        "MPP *X0",
        "MPP X0**X1",
        "MPP X0*rec[-1]",
        "MPP 0",
        "MPAD 2",
        "MPAD X0",
    ],
)
def test_what_is_no_circuit_is_refused(text):
    assert_as_the_twin(text)
    if "REPEAT 2{" not in text:
        assert read_quickly(text) is None


@settings(max_examples=500)
@given(
    st.from_regex(
        r"[+-]?([0-9]{1,25}\.?[0-9]{0,25}|\.[0-9]{1,25})([eE][+-]?[0-9]{1,4})?", fullmatch=True
    )
    | st.floats(allow_nan=False, allow_infinity=False).map(repr)
    | st.integers(0, 2**53).map(lambda m: f"{m}e-22")
    | st.integers(2**53, 2**54).map(lambda m: f"{m}e22")
)
@example("9007199254740993")
@example("9007199254740993e-22")
@example("0.30000000000000004")
@example("0.0000000000000000000123")
@example("0.00000000000000000000123e1")
@example("-0")
@example("5e-324")
@example("1e23")
@example("1e99999999999")
@example("0." + "0" * 400 + "1e400")
def test_numbers_are_rounded_as_python_does(number):
    text = f"DETECTOR({number}, 1)"
    found = read_quickly(text)
    if abs(float(number)) == np.inf:
        assert found is None
    else:
        assert found["arguments"].tobytes() == np.array([float(number), 1]).tobytes()


@pytest.mark.parametrize("count", [63, 64, 65, 3000])
def test_long_products_are_read_by_one_or_the_other(count):
    """The kernel keeps 64 factors; what is longer is left to the parser in Python."""
    text = f"MPP {'*'.join(f'X{q}' for q in range(count))} Z0"
    assert (read_quickly(text) is not None) == (count <= 64)
    assert len(parse(text).targets) == count + 1


def test_the_tables_are_those_of_the_header():
    named = re.sub(r"/\*.*?\*/", "", HEADER.read_text(), flags=re.DOTALL)
    enums = [
        re.findall(r"CT_\w+", body) for body in re.findall(r"enum \{(.*?)\}", named, re.DOTALL)
    ]
    columns, targets, values, roles, totals = enums
    assert len(columns) - 1 == _circuit_reader._KINDS.shape[1]
    assert len(targets) == len(_circuit_reader._TARGETS)
    assert len(values) == len(_circuit_reader._VALUES)
    assert len(roles) == 1 + max(_circuit_reader._ROLES.values())
    assert len(totals) - 1 == _circuit_reader._TOTALS


def test_it_is_much_faster_than_its_twin():
    """Some hundred times on a quiet machine, where its parsing is worth having at all."""
    text = surface_code(11, 11, 0.001)

    def seconds(reader):
        times = []
        for _ in range(5):
            start = time.process_time()
            reader(text)
            times.append(time.process_time() - start)
        return min(times)

    assert seconds(read_quickly) < seconds(read) / 5


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("circuit_text", tmp_path)
