"""The table of gates, and the codes that are generated."""

import re

import numpy as np
import pytest

from bench_quantum._circuit import parse
from bench_quantum._codes import random_circuit, repetition_code, surface_code
from bench_quantum._gates import ONE_QUBIT, PAULIS, TWO_QUBITS, flow, images, unitary

GATES = [*ONE_QUBIT, *TWO_QUBITS]


def pauli(text):
    matrix = np.eye(1)
    for letter in text[1:]:
        matrix = np.kron(matrix, PAULIS[letter])
    return -matrix if text[0] == "-" else matrix


def generators(k):
    return ["+" + "_" * q + letter + "_" * (k - 1 - q) for q in range(k) for letter in "XZ"]


@pytest.mark.parametrize("name", GATES)
def test_the_matrix_is_unitary_and_has_the_images(name):
    u = unitary(name)
    np.testing.assert_allclose(u @ u.conj().T, np.eye(len(u)), atol=1e-12)
    for generator, image in zip(generators(len(u) // 2), images(name), strict=True):
        np.testing.assert_allclose(u @ pauli(generator) @ u.conj().T, pauli(image), atol=1e-12)


@pytest.mark.parametrize(
    ("name", "image"),
    {
        "H": "-Y",
        "S": "-X",
        "S_DAG": "+X",
        "SQRT_X": "+Z",
        "SQRT_X_DAG": "-Z",
        "SQRT_Y": "+Y",
        "SQRT_Y_DAG": "+Y",
        "C_XYZ": "+Z",
        "C_ZYX": "+X",
        "H_XY": "+X",
        "H_YZ": "+Z",
        "X": "-Y",
        "Y": "+Y",
        "Z": "-Y",
    }.items(),
)
def test_the_image_of_y(name, image):
    u = unitary(name)
    np.testing.assert_allclose(u @ PAULIS["Y"] @ u.conj().T, pauli(image), atol=1e-12)


def same_up_to_a_phase(a, b):
    return abs(abs(np.vdot(a, b)) - len(a)) < 1e-5  # theirs are float32


@pytest.mark.parametrize(
    ("name", "matrix"),
    [
        ("H", np.array([[1, 1], [1, -1]]) / np.sqrt(2)),
        ("S", np.diag([1, 1j])),
        ("SQRT_X", np.array([[1 + 1j, 1 - 1j], [1 - 1j, 1 + 1j]]) / 2),
        ("CX", np.array([[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 0, 1], [0, 0, 1, 0]])),
        ("CZ", np.diag([1, 1, 1, -1])),
        ("SWAP", np.array([[1, 0, 0, 0], [0, 0, 1, 0], [0, 1, 0, 0], [0, 0, 0, 1]])),
        ("ISWAP", np.array([[1, 0, 0, 0], [0, 0, 1j, 0], [0, 1j, 0, 0], [0, 0, 0, 1]])),
        ("SQRT_ZZ", np.diag([1, 1j, 1j, 1])),
    ],
)
def test_matrices_of_the_textbook(name, matrix):
    assert same_up_to_a_phase(unitary(name), matrix)


@pytest.mark.parametrize("name", [name for name in GATES if f"{name}_DAG" in GATES])
def test_an_inverse_undoes_its_gate(name):
    product = unitary(name) @ unitary(f"{name}_DAG")
    assert same_up_to_a_phase(product, np.eye(len(product)))


@pytest.mark.parametrize("name", GATES)
def test_a_flow_is_symplectic(name):
    """Commutators of Paulis are kept."""
    matrix = flow(name).astype(int)
    form = np.kron(np.eye(len(matrix) // 2, dtype=int), [[0, 1], [1, 0]])
    np.testing.assert_array_equal(matrix.T @ form @ matrix % 2, form)


@pytest.mark.parametrize("name", GATES)
def test_the_matrix_is_that_of_stim(name):
    stim = pytest.importorskip("stim", reason="their tables of gates")
    theirs = stim.gate_data(name).unitary_matrix
    ours = unitary(name)
    if len(ours) == 4:  # there the first qubit is the low bit
        order = [0, 2, 1, 3]
        ours = ours[np.ix_(order, order)]
    assert same_up_to_a_phase(ours, theirs)


KINDS = [f"{kind}_memory_{basis}" for kind in ("rotated", "unrotated") for basis in "xz"]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("distance", "rounds"), [(2, 1), (3, 3), (4, 2), (5, 6)])
def test_surface_codes_are_those_of_stim(kind, distance, rounds):
    text = surface_code(distance, rounds, 0.01, kind[-1], kind.startswith("rotated"))
    assert_same_as_stim(text, f"surface_code:{kind}", distance, rounds)


@pytest.mark.parametrize(("distance", "rounds"), [(2, 1), (3, 3), (9, 2)])
def test_repetition_codes_are_those_of_stim(distance, rounds):
    text = repetition_code(distance, rounds, 0.01)
    assert_same_as_stim(text, "repetition_code:memory", distance, rounds)


def assert_same_as_stim(text, name, distance, rounds):
    stim = pytest.importorskip("stim", reason="it generates the same codes")
    noise = (
        "after_clifford_depolarization",
        "before_round_data_depolarization",
        "before_measure_flip_probability",
        "after_reset_flip_probability",
    )
    options = {"distance": distance, "rounds": rounds, **dict.fromkeys(noise, 0.01)}
    theirs = stim.Circuit.generated(name, **options)

    def plain(circuit):  # ticks and coordinates do nothing to samples
        return re.sub(r"(TICK|QUBIT_COORDS.*)\n", "", str(circuit.flattened()))

    assert stim.Circuit(plain(stim.Circuit(text))) == stim.Circuit(plain(theirs))


@pytest.mark.parametrize("distance", [2, 3, 8])
@pytest.mark.parametrize("rounds", [1, 2, 5])
def test_what_a_code_counts(distance, rounds):
    circuit = parse(surface_code(distance, rounds, 0.0))
    checks = distance**2 - 1
    assert circuit.n_measurements == rounds * checks + distance**2
    of_basis = parse(surface_code(distance, 1, 0.0)).n_detectors // 2
    assert circuit.n_detectors == (rounds - 1) * checks + 2 * of_basis
    assert circuit.n_observables == 1
    circuit = parse(repetition_code(distance, rounds, 0.5))
    assert circuit.n_measurements == rounds * (distance - 1) + distance
    assert circuit.n_detectors == (rounds + 1) * (distance - 1)


def test_without_noise_none_is_written():
    for text in (surface_code(3, 2, 0.0), repetition_code(3, 2, 0.0)):
        assert "ERROR" not in text
        assert "DEPOLARIZE" not in text


def test_random_circuits_depend_on_the_generator_alone(rng):
    first = random_circuit(np.random.default_rng(3), 7, 10, 0.01, 0.3)
    assert first == random_circuit(np.random.default_rng(3), 7, 10, 0.01, 0.3)
    assert first != random_circuit(rng, 7, 10, 0.01, 0.3)
    text = random_circuit(rng, 40, 60, 0.0, 0.3)
    assert "DEPOLARIZE" not in text
    assert all(re.search(rf"^{name} \d", text, re.MULTILINE) for name in GATES)
    assert parse(text).n_qubits == 40
