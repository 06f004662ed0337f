"""The families of cases: each turns a case into the text of a circuit without noise.

A function here has the name of its family in `problem.py`.
"""

from pathlib import Path

import numpy as np

from bench_quantum import _codes
from bench_quantum._gates import ONE_QUBIT
from harness.api import Case, InvalidCase

_CLIFFORDS = [name for name in ONE_QUBIT if name != "I"]


def random(case: Case, rng: np.random.Generator) -> str:
    """Layers of random gates: one on each qubit, then CX on random pairs; all measured at the end.

    Light cones double with each layer, so that log2 n layers reach all qubits, and some more leave
    no structure: nearly all results are random, and what is settled is a sum of half of them.
    """
    _at_least(case, n=1, layers=0)
    lines = []
    for _ in range(case.layers):
        kinds = rng.integers(len(_CLIFFORDS), size=case.n)
        for kind, name in enumerate(_CLIFFORDS):
            lines.append(_line(name, np.flatnonzero(kinds == kind)))
        lines.append(_line("CX", rng.permutation(case.n)[: case.n // 2 * 2]))
    return "\n".join([*filter(None, lines), _line("M", range(case.n))]) + "\n"


def monitored(case: Case, rng: np.random.Generator) -> str:
    """Gates of all kinds, with measurements, resets and feedback between them."""
    _at_least(case, n=2, layers=0)
    _share(case.share)
    return _codes.random_circuit(rng, case.n, case.layers, 0, case.share)


def surface(case: Case, rng: np.random.Generator) -> str:
    """A surface code's memory: `rounds` rounds of checks, as many as the distance where it is 0."""
    _at_least(case, d=2, rounds=0)
    if case.basis not in ("x", "z"):
        raise InvalidCase(f"basis is {case.basis!r}, expected x or z")
    rounds = case.rounds or case.d
    return _codes.surface_code(case.d, rounds, 0, case.basis, bool(case.rotated))


def repetition(case: Case, rng: np.random.Generator) -> str:
    """A repetition code's memory: everything is settled."""
    _at_least(case, d=2, rounds=0)
    return _codes.repetition_code(case.d, case.rounds or case.d, 0)


def settled(case: Case, rng: np.random.Generator) -> str:
    """Bits moved about by random layers of CX, and measured again and again: nothing is random."""
    _at_least(case, n=2, layers=0, rounds=1)
    lines = [_line("X", np.flatnonzero(rng.integers(2, size=case.n)))]
    for _ in range(case.layers):
        lines.append(_line("CX", rng.permutation(case.n)[: case.n // 2 * 2]))
    lines += [f"REPEAT {case.rounds} {{", _line("M", rng.permutation(case.n)), "}"]
    return "\n".join(filter(None, lines)) + "\n"


def ghz(case: Case, rng: np.random.Generator) -> str:
    """All qubits 0 or all 1: one random result, which settles all others."""
    _at_least(case, n=1)
    chain = np.repeat(np.arange(case.n), 2)[1:-1]
    order = rng.permutation(case.n)
    lines = ["H 0", _line("CX", chain), _line("M", order)]
    return "\n".join(filter(None, lines)) + "\n"


def teleport(case: Case, rng: np.random.Generator) -> str:
    """A random state goes from qubit to qubit by feedback, is turned back, and measured as 0."""
    _at_least(case, hops=1)
    names = [_CLIFFORDS[kind] for kind in rng.integers(len(_CLIFFORDS), size=8)]
    lines = [f"{name} 0" for name in names]
    for here in range(0, 2 * case.hops, 2):
        half, there = here + 1, here + 2
        lines += [f"H {half}", f"CX {half} {there}", f"CX {here} {half}", f"H {here}"]
        lines += [f"M {half} {here}", f"CX rec[-2] {there}", f"CZ rec[-1] {there}"]
    lines += [f"{_inverse(name)} {2 * case.hops}" for name in reversed(names)]
    return "\n".join([*lines, f"M {2 * case.hops}"]) + "\n"


# Circuits whose records can be told by hand: text and bits.
KNOWN = (
    ("X 0\nCX 0 1\nSWAP 1 2\nM 0 1 2 !2\n", "1010"),
    ("SQRT_X 0\nMY 0\n", "1"),
    ("SQRT_Y 0\nMX 0\n", "0"),
    ("RY 0\nH 0\nMY 0\n", "1"),
    ("RX 0\nS 0\nMY 0\nS 0\nMX 0\n", "01"),
    ("H 0\nCX 0 1\nMPP X0*X1 Z0*Z1 Y0*Y1 !Y0*Y1\n", "0010"),
    ("RX 0 1\nCZ 0 1\nMPP X0*Z1 Z0*X1 Y0*Y1\n", "000"),
)


def known(case: Case, rng: np.random.Generator) -> str:
    """A small circuit whose record is settled and known."""
    if not 0 <= case.number < len(KNOWN):
        raise InvalidCase(f"number is {case.number}, expected 0 to {len(KNOWN) - 1}")
    return KNOWN[case.number][0]


def file(case: Case, rng: np.random.Generator) -> str:
    """The user's own circuit."""
    if not case.path:
        raise InvalidCase("the family 'file' needs a circuit: write file[path=my.stim]")
    path = Path(case.path).expanduser()
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        raise InvalidCase(
            f"there is no file {case.path} (looked for {path.absolute()}); give the path of a "
            "circuit as text"
        ) from None
    except OSError as error:
        raise InvalidCase(f"{case.path} cannot be read ({error}); give a circuit as text") from None
    except UnicodeDecodeError as error:
        raise InvalidCase(
            f"{case.path} is not UTF-8 (byte {error.start}); save the circuit as UTF-8 text"
        ) from None


def _inverse(name: str) -> str:
    if name in ("C_XYZ", "C_ZYX"):
        return "C_ZYX" if name == "C_XYZ" else "C_XYZ"
    if name.endswith("_DAG"):
        return name[: -len("_DAG")]
    return name + "_DAG" if name + "_DAG" in ONE_QUBIT else name


def _line(name: str, targets) -> str:
    return f"{name} {' '.join(map(str, targets))}" if len(targets) else ""


def _share(share: float) -> None:
    if not 0 <= share <= 1:
        raise InvalidCase(f"share is {share}, expected a share of the qubits, 0 to 1")


def _at_least(case: Case, **least: int) -> None:
    for name, lowest in least.items():
        value = case.parameters[name]
        if value < lowest:
            raise InvalidCase(f"{name} is {value}, expected at least {lowest}")
