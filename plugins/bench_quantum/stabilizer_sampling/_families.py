"""The circuits of the board, as text."""

from pathlib import Path

import numpy as np

from bench_quantum import _codes
from bench_quantum.stabilizer_sampling._random_text import tiny_circuit
from harness.api import Case, InvalidCase

# Circuits whose law is known by hand.
_KNOWN = {
    "classical": "X 0\nCX 0 1\nSWAP 1 2\nM 0 1 2 !2\n",
    "bell": "H 0\nCX 0 1\nMPP X0*X1 Z0*Z1 Y0*Y1 !Y0*Y1\n",
    "coins": "H 0\nM 0\nH 0\nM 0\nM 0\n",
    "pairs": "MXX 0 1\nMZZ 0 1\nMYY 0 1\n",
    "teleport": "H 0\nCX 0 2\nH 1\nS 1\nCX 1 0\nH 1\nM 1 0\nCZ rec[-2] 2\nCX rec[-1] 2\n"
    "S_DAG 2\nH 2\nM 2\n",
    "chain": "E(0.2) X0\nELSE_CORRELATED_ERROR(0.25) X1\nELSE_CORRELATED_ERROR(0.5) X2\nM 0 1 2\n",
    "depolarised": "DEPOLARIZE2(0.3) 0 1\nM 0 1\n",
    "gauge": "H 0\nCX 0 1\nM 0 1\nDETECTOR rec[-1]\nDETECTOR rec[-1] rec[-2]\n",
    "nothing": "",
}


def text_of(case: Case, rng: np.random.Generator) -> str:
    """The circuit of a case.

    Raises:
        InvalidCase: where its parameters make none.
    """
    return str(globals()[f"_{case.family}"](case, rng))


def _surface_code(case: Case, rng: np.random.Generator) -> str:
    _at_least(case, "distance", 2)
    _at_least(case, "rounds", 0)
    _probability(case)
    if case.basis not in ("x", "z"):
        raise InvalidCase(f"there is no basis {case.basis!r}; choose x or z")
    rounds = case.rounds or case.distance
    return _codes.surface_code(case.distance, rounds, case.p, case.basis, case.rotated)


def _repetition_code(case: Case, rng: np.random.Generator) -> str:
    _at_least(case, "distance", 2)
    _at_least(case, "rounds", 0)
    _probability(case)
    return _codes.repetition_code(case.distance, case.rounds or case.distance, case.p)


def _random(case: Case, rng: np.random.Generator) -> str:
    _at_least(case, "n", 1)
    _at_least(case, "layers", 0)
    _probability(case)
    if not 0 <= case.share <= 1:
        raise InvalidCase(f"share is {case.share}, expected 0 to 1: choose a share of the qubits")
    return _codes.random_circuit(rng, case.n, case.layers, case.p, case.share)


def _tiny(case: Case, rng: np.random.Generator) -> str:
    for name, most in (("n", 5), ("records", 8), ("length", 200)):
        _at_least(case, name, 1)
        if getattr(case, name) > most:
            raise InvalidCase(
                f"{name} is {getattr(case, name)}, expected at most {most}: the law is computed "
                "from density matrices; take the family random instead"
            )
    return tiny_circuit(rng, case.n, case.length, case.records)


def _known(case: Case, rng: np.random.Generator) -> str:
    if case.name not in _KNOWN:
        raise InvalidCase(f"there is no circuit {case.name!r}; choose one of {', '.join(_KNOWN)}")
    return _KNOWN[case.name]


def _file(case: Case, rng: np.random.Generator) -> str:
    if not case.path:
        raise InvalidCase("no circuit is named: write file[path=my.stim,shots=1000]")
    try:
        return Path(case.path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidCase(f"{case.path} can't be read as text: {error}") from None


def _at_least(case: Case, name: str, least: int) -> None:
    value = getattr(case, name)
    if value < least:
        raise InvalidCase(f"{name} is {value}, expected at least {least}: choose a larger {name}")


def _probability(case: Case) -> None:
    if not 0 <= case.p <= 1:
        raise InvalidCase(f"p is {case.p}, expected a probability: choose p from 0 to 1")
