"""The Clifford gates: what each makes of the Pauli matrices, and all that follows from that.

A gate g is given by g P g^-1 for the generators P, written as signed products: `-Y` for one qubit;
for two, `+ZX` is Z on the first and X on the second. Signs aside it is a linear map over GF(2) of
the bits (x, z) of each qubit, which is all that an error needs; with them it decides a tableau.
And U|0> is the state that the images of Z stabilise, U|1> what the image of X makes of it: that is
the matrix, up to a phase that no measurement sees.

Source: Gidney, "Stim: a fast stabilizer circuit simulator".
"""

from functools import cache

import numpy as np

ONE_QUBIT = {  # images of X and Z
    "I": "+X +Z",
    "X": "+X -Z",
    "Y": "-X -Z",
    "Z": "-X +Z",
    "H": "+Z +X",
    "H_XY": "+Y -Z",
    "H_YZ": "-X +Y",
    "S": "+Y +Z",
    "S_DAG": "-Y +Z",
    "SQRT_X": "+X -Y",
    "SQRT_X_DAG": "+X +Y",
    "SQRT_Y": "-Z +X",
    "SQRT_Y_DAG": "+Z -X",
    "C_XYZ": "+Y +X",
    "C_ZYX": "+Z +Y",
}

TWO_QUBITS = {  # images of X and Z of the first qubit, then of the second
    "CX": "+XX +Z_ +_X +ZZ",
    "CY": "+XY +Z_ +ZX +ZZ",
    "CZ": "+XZ +Z_ +ZX +_Z",
    "XCX": "+X_ +ZX +_X +XZ",
    "XCY": "+X_ +ZY +XX +XZ",
    "XCZ": "+X_ +ZZ +XX +_Z",
    "YCX": "+XX +ZX +_X +YZ",
    "YCY": "+XY +ZY +YX +YZ",
    "YCZ": "+XZ +ZZ +YX +_Z",
    "SWAP": "+_X +_Z +X_ +Z_",
    "ISWAP": "+ZY +_Z +YZ +Z_",
    "ISWAP_DAG": "-ZY +_Z -YZ +Z_",
    "CXSWAP": "+XX +_Z +X_ +ZZ",
    "SWAPCX": "+_X +ZZ +XX +Z_",
    "CZSWAP": "+ZX +_Z +XZ +Z_",
    "SQRT_XX": "+X_ -YX +_X -XY",
    "SQRT_XX_DAG": "+X_ +YX +_X +XY",
    "SQRT_YY": "-ZY +XY -YZ +YX",
    "SQRT_YY_DAG": "+ZY -XY +YZ -YX",
    "SQRT_ZZ": "+YZ +Z_ +ZY +_Z",
    "SQRT_ZZ_DAG": "-YZ +Z_ -ZY +_Z",
}

PAULIS = {
    "_": np.eye(2, dtype=complex),
    "X": np.array([[0, 1], [1, 0]], complex),
    "Y": np.array([[0, -1j], [1j, 0]]),
    "Z": np.diag([1, -1]).astype(complex),
}


def images(name: str) -> list[str]:
    """The images of the generators X and Z, of one qubit after the other, each with its sign."""
    return (ONE_QUBIT.get(name) or TWO_QUBITS[name]).split()


@cache
def flow(name: str) -> np.ndarray:
    """The gate as a matrix over GF(2): bool[2k, 2k] for k qubits.

    Entry [i, j] tells whether generator j, of X and Z of one qubit after the other, reaches bit i
    of (x, z) of one qubit after the other.
    """
    columns = [
        [letter in pair for letter in image[1:] for pair in ("XY", "ZY")] for image in images(name)
    ]
    return np.array(columns, bool).T


@cache
def unitary(name: str) -> np.ndarray:
    """The gate as a complex matrix [2^k, 2^k], up to a phase; the first qubit is the high bit."""
    paulis = [_pauli(image) for image in images(name)]
    size = len(paulis[0])
    projector = np.eye(size, dtype=complex)
    for image_of_z in paulis[1::2]:
        projector = projector @ (np.eye(size) + image_of_z) / 2
    column = projector[:, np.argmax(np.abs(projector.diagonal()))]
    columns = [column / np.linalg.norm(column)]
    for image_of_x in reversed(paulis[::2]):
        columns += [image_of_x @ column for column in columns]
    return np.array(columns).T


def _pauli(text: str) -> np.ndarray:
    """The matrix of a signed product such as `-ZX`."""
    matrix = np.eye(1, dtype=complex)
    for letter in text[1:]:
        matrix = np.kron(matrix, PAULIS[letter])
    return -matrix if text[0] == "-" else matrix
