"""The families of cases: each turns a case into a text and a pattern.

A function here has the name of its family. Where the pattern is cut from the text, a share `errors`
of its letters is then replaced by letters drawn from the text.
"""

import math
from pathlib import Path
from typing import Any

import numpy as np

from bench_text import _corpus
from bench_text.hamming_distances._checks import check_lengths, letters_of
from bench_text.hamming_distances._letters import fitting
from harness.api import Case, InvalidCase

FAMILIES: dict[str, dict[str, Any]] = {
    "dna": {"n": 1_000_000, "m": 1000, "errors": 0.1, "repeats": 0.2},
    "english": {"n": 1_000_000, "m": 1000, "errors": 0.1},
    "uniform": {"n": 1_000_000, "m": 1000, "alphabet": 4},
    # Each letter occurs about sqrt(m log2 m) times in the pattern, where rare letters and frequent
    # ones meet: the hardest for splitting them.
    "threshold": {"n": 400_000, "m": 10_000},
    "zipf": {"n": 400_000, "m": 10_000, "alphabet": 1000, "exponent": 1.0},
    "periodic": {"n": 400_000, "m": 1000, "period": 7, "alphabet": 4, "errors": 0.01},
    "fibonacci": {"n": 400_000, "m": 1000},
    "planted": {"n": 400_000, "m": 1000, "alphabet": 26, "copies": 20, "errors": 10},
    # Letters are random numbers below 2^31.
    "wide": {"n": 100_000, "m": 1000, "alphabet": 500},
    "file": {"path": "", "pattern": "", "m": 1000},
}

_MOST_COPIES = 1_000_000
_REPEAT = 300  # letters of a repeated element
_STRETCH = 1024  # letters of the text that are drawn one after the other
_MOST_LISTED = 1 << 24  # letters of an alphabet that is kept as a list
# From A, C, G, T to each: about as in human DNA, where G after C is rare.
_STEPS = (
    (0.33, 0.17, 0.24, 0.26),
    (0.35, 0.26, 0.05, 0.34),
    (0.29, 0.21, 0.26, 0.24),
    (0.22, 0.20, 0.25, 0.33),
)

Made = tuple[np.ndarray, np.ndarray]


def made(case: Case, rng: np.random.Generator) -> Made:
    """Text and pattern of a case, in the smallest dtype that holds their letters.

    Raises:
        InvalidCase: where the parameters, or the files, give none.
    """
    if case.family != "file":
        check_lengths(case.n, case.m)
    text, pattern = (
        letters_of(letters, what)
        for letters, what in zip(
            globals()[case.family](case, rng), ("text", "pattern"), strict=True
        )
    )
    check_lengths(len(text), len(pattern))
    dtype = fitting(max(int(text.max()), int(pattern.max())))
    return text.astype(dtype), pattern.astype(dtype)


def dna(case: Case, rng: np.random.Generator) -> Made:
    """A Markov chain over four letters, a share `repeats` of it copies of one element."""
    _shares(case, "errors", "repeats")
    limits = np.cumsum(_STEPS, axis=1)[:, :-1]
    chains = -(-case.n // _STRETCH)
    text = np.empty((_STRETCH, chains), np.uint8)
    text[0] = rng.integers(4, size=chains)
    for step in range(1, _STRETCH):
        text[step] = (rng.random(chains)[:, None] > limits[text[step - 1]]).sum(axis=1)
    text = text.T.ravel()[: case.n].copy()
    element = text[:_REPEAT].copy()
    for _ in range(int(case.repeats * case.n / _REPEAT)):
        start = int(rng.integers(case.n))
        copy = _spoiled(element, 0.1, text, rng)[: case.n - start]
        text[start : start + len(copy)] = copy
    return text, _cut(text, case.m, case.errors, rng)


def english(case: Case, rng: np.random.Generator) -> Made:
    """Generated from the text that ships with the pack, letters as bytes."""
    _shares(case, "errors")
    text = np.frombuffer(_corpus.generated(case.n, rng), np.uint8)
    return text, _cut(text, case.m, case.errors, rng)


def uniform(case: Case, rng: np.random.Generator) -> Made:
    """Independent letters, all equally likely."""
    _at_least(case, alphabet=1)
    _at_most(case, alphabet=2**31)  # letters are numbers of 31 bits
    return rng.integers(case.alphabet, size=case.n), rng.integers(case.alphabet, size=case.m)


def threshold(case: Case, rng: np.random.Generator) -> Made:
    """The same with sqrt(m / log2 m) letters."""
    alphabet = max(1, round(math.sqrt(case.m / max(1.0, math.log2(case.m)))))
    return rng.integers(alphabet, size=case.n), rng.integers(alphabet, size=case.m)


def zipf(case: Case, rng: np.random.Generator) -> Made:
    """Independent letters, number r of them with a probability proportional to 1 / r^exponent."""
    _at_least(case, alphabet=1)
    _at_most(case, alphabet=_MOST_LISTED)
    if not 0 <= case.exponent <= 10:
        raise InvalidCase(f"exponent is {case.exponent}, expected 0 to 10: write exponent=1.0, say")
    weights = np.cumsum(np.arange(1.0, case.alphabet + 1) ** -case.exponent)
    limits = weights[:-1] / weights[-1]
    drawn = (np.searchsorted(limits, rng.random(length)) for length in (case.n, case.m))
    text, pattern = drawn
    return text, pattern


def periodic(case: Case, rng: np.random.Generator) -> Made:
    """A word of `period` letters again and again, a share `errors` of both replaced."""
    _at_least(case, period=1, alphabet=1)
    _at_most(case, alphabet=_MOST_LISTED)
    _shares(case, "errors")
    word = rng.integers(case.alphabet, size=min(case.period, case.n))
    letters = np.arange(case.alphabet)
    text, pattern = (
        _spoiled(np.resize(word, length), case.errors, letters, rng) for length in (case.n, case.m)
    )
    return text, pattern


def fibonacci(case: Case, rng: np.random.Generator) -> Made:
    """The Fibonacci word 0100101001001..., and a stretch of it: no two places look different."""
    text, next_text = np.array([0], np.uint8), np.array([0, 1], np.uint8)
    while len(text) < case.n:
        text, next_text = next_text, np.concatenate((next_text, text))
    text = text[: case.n]
    return text, _cut(text, case.m, 0.0, rng)


def planted(case: Case, rng: np.random.Generator) -> Made:
    """Independent letters, in which the pattern stands at some places with up to `errors` wrong."""
    _at_least(case, alphabet=1, copies=0, errors=0)
    _at_most(case, copies=_MOST_COPIES)
    text, pattern = uniform(case, rng)
    for _ in range(case.copies):
        start = int(rng.integers(case.n - case.m + 1))
        wrong = rng.integers(case.m, size=int(rng.integers(min(case.errors, case.m) + 1)))
        copy = pattern.copy()
        copy[wrong] = rng.integers(case.alphabet, size=len(wrong))
        text[start : start + case.m] = copy
    return text, pattern


def wide(case: Case, rng: np.random.Generator) -> Made:
    """Independent letters, all equally likely, whose numbers are spread below 2^31."""
    _at_least(case, alphabet=1)
    _at_most(case, alphabet=_MOST_LISTED)
    text, pattern = uniform(case, rng)
    names = rng.integers(2**31, size=case.alphabet)
    return names[text], names[pattern]


def file(case: Case, rng: np.random.Generator) -> Made:
    """The user's own: a .npy file of whole numbers, or the bytes of any other file.

    Without a pattern of its own, m letters are cut from the text.
    """
    if not case.path:
        raise InvalidCase("the family 'file' needs a text: write file[path=my.txt,m=1000]")
    text = letters_of(_read(case.path), "text")
    if case.pattern:
        return text, letters_of(_read(case.pattern), "pattern")
    check_lengths(len(text), case.m)
    return text, _cut(text, case.m, 0.0, rng)


def _read(name: str) -> np.ndarray:
    path = Path(name).expanduser()
    try:
        if path.suffix != ".npy":
            return np.frombuffer(path.read_bytes(), np.uint8)
        found = np.load(path, allow_pickle=False)
    except FileNotFoundError:
        raise InvalidCase(
            f"there is no file {name} (looked for {path.absolute()}); give the path of a text or "
            "of a .npy file"
        ) from None
    except (OSError, ValueError, EOFError) as error:
        raise InvalidCase(
            f"{name} cannot be read ({error}); expected a text, or a .npy file as numpy.save "
            "writes it"
        ) from None
    return np.asarray(found)


def _cut(text: np.ndarray, m: int, errors: float, rng: np.random.Generator) -> np.ndarray:
    start = int(rng.integers(len(text) - m + 1))
    return _spoiled(text[start : start + m], errors, text, rng)


def _spoiled(
    letters: np.ndarray, share: float, source: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A copy in which each letter is, with this probability, one that is drawn from `source`."""
    drawn = source[rng.integers(len(source), size=len(letters))]
    return np.where(rng.random(len(letters)) < share, drawn, letters)


def _at_least(case: Case, **least: int) -> None:
    for name, bound in least.items():
        if getattr(case, name) < bound:
            raise InvalidCase(
                f"{name} is {getattr(case, name)}, expected at least {bound}: write "
                f"{name}={max(bound, 1)}, say"
            )


def _at_most(case: Case, **most: int) -> None:
    for name, bound in most.items():
        if getattr(case, name) > bound:
            raise InvalidCase(
                f"{name} is {getattr(case, name)}, expected at most {bound}: write "
                f"{name}={bound}, or less"
            )


def _shares(case: Case, *names: str) -> None:
    for name in names:
        if not 0 <= getattr(case, name) <= 1:
            raise InvalidCase(
                f"{name} is {getattr(case, name)}, expected a share from 0 to 1: write "
                f"{name}=0.1, say"
            )
