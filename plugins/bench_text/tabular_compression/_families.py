"""The families of cases: each turns a case into a table and, of generated ones, their entropy.

They are those of tabular_compression and of tabular_decompression. A function here has the name of
its family. In the generated families classes of
rows and columns are drawn uniformly and independently, and each entry from the law of its classes.
The laws depend on the number of the draw, of letters and of classes alone, so that tables of one
model differ in size only. The entropy is that of the entries given the classes that were drawn,
sum over i, j of H(law of (u_i, v_j)) / (m n), in bits per entry.
"""

from pathlib import Path
from typing import Any

import numpy as np

from harness.api import Case, InvalidCase

MOST_ENTRIES = 1 << 28
MOST_LETTERS = 1 << 16
_AT_ONCE = 1 << 20  # entries
_SHUFFLES = ("none", "lines", "columns", "cells")
_SHIPPED = ("breast_cancer", "wine", "iris", "diabetes")

_GENERATED = {"m": 1000, "n": 100}
FAMILIES: dict[str, dict[str, Any]] = {
    "dirichlet": {
        **_GENERATED,
        "letters": 4,
        "row_classes": 3,
        "column_classes": 3,
        "concentration": 0.5,
    },
    "two_laws": {**_GENERATED, "e": 0.1},
    "same_mean": dict(_GENERATED),
    "uniform": {**_GENERATED, "letters": 4},
    "repeated_rows": {**_GENERATED, "letters": 4, "different": 30, "changed": 0.01},
    "digits": {"m": 1797, "shuffle": "none"},
    "binned": {"data": "breast_cancer", "bins": 8, "shuffle": "none"},
    "words": {"m": 500, "n": 400, "most": 2, "shuffle": "none"},
    "file": {"path": "", "shuffle": "none"},
}

Made = tuple[np.ndarray, float | None]


def made(case: Case, rng: np.random.Generator) -> tuple[np.ndarray, int, float | None]:
    """The table of a case, uint8 (uint16 beyond 256 letters), how many letters, and its entropy.

    Raises:
        InvalidCase: where its parameters, or a file that they name, make no table.
    """
    table, entropy = globals()[case.family](case, rng)
    letters = int(case.parameters.get("letters", int(table.max()) + 1))
    return np.ascontiguousarray(table, np.uint8 if letters <= 256 else np.uint16), letters, entropy


def dirichlet(case: Case, rng: np.random.Generator) -> Made:
    """Laws from a Dirichlet distribution: the smaller its concentration, the less entropy."""
    _bounds(case, row_classes=(1, 1000), column_classes=(1, 1000), letters=(1, MOST_LETTERS))
    if not 0.001 <= case.concentration <= 1e6:
        raise InvalidCase(
            f"concentration is {case.concentration}, expected 0.001 to 1e6: choose another one"
        )
    shape = case.row_classes, case.column_classes
    if shape[0] * shape[1] * case.letters > 1 << 24:
        raise InvalidCase(
            f"{shape[0]} x {shape[1]} laws of {case.letters} letters are too many: choose fewer "
            "classes or letters, 16,777,216 numbers in all"
        )
    model = np.random.default_rng([case.draw, *shape, case.letters])
    return _drawn(case, model.dirichlet(np.full(case.letters, case.concentration), shape), rng)


def two_laws(case: Case, rng: np.random.Generator) -> Made:
    """Bits that are 1 with probability e where the two classes are the same, else with 1 - e."""
    if not 0 < case.e < 1:
        raise InvalidCase(f"e is {case.e}, expected a probability between 0 and 1: choose another")
    same, other = [1 - case.e, case.e], [case.e, 1 - case.e]
    return _drawn(case, np.array([[same, other], [other, same]]), rng)


def same_mean(case: Case, rng: np.random.Generator) -> Made:
    """0 or 3 where the two classes are the same, else 1 or 2: no mean tells the classes apart."""
    outer, inner = [0.5, 0, 0, 0.5], [0, 0.5, 0.5, 0]
    return _drawn(case, np.array([[outer, inner], [inner, outer]]), rng)


def uniform(case: Case, rng: np.random.Generator) -> Made:
    """Independent letters, all alike likely: nothing to find, and nothing to gain."""
    _bounds(case, letters=(1, MOST_LETTERS))
    return _drawn(case, np.full((1, 1, case.letters), 1 / case.letters), rng)


def repeated_rows(case: Case, rng: np.random.Generator) -> Made:
    """Few different rows, each many times over, and some letters changed; no blocks at all."""
    _bounds(case, letters=(1, MOST_LETTERS), different=(1, 1 << 20))
    _sized(case)
    if not 0 <= case.changed <= 1:
        raise InvalidCase(f"changed is {case.changed}, expected a share 0 to 1: choose another one")
    if case.different * case.n > MOST_ENTRIES:
        raise InvalidCase(
            f"{case.different} different rows of {case.n} letters are too many, expected at most "
            f"{MOST_ENTRIES} letters: choose fewer rows or columns"
        )
    rows = rng.integers(case.letters, size=(case.different, case.n), dtype=np.uint16)
    table = rows[rng.integers(case.different, size=case.m)]
    changed = rng.random(table.shape) < case.changed
    table[changed] = rng.integers(case.letters, size=np.count_nonzero(changed), dtype=np.uint16)
    return table, None


def digits(case: Case, rng: np.random.Generator) -> Made:
    """Handwritten digits of scikit-learn: 1797 rows, 64 pixels of 17 levels; neighbours depend."""
    from sklearn.datasets import load_digits

    _bounds(case, m=(1, 1797))
    pixels = load_digits().data.astype(np.uint16)
    part = np.sort(rng.choice(len(pixels), case.m, replace=False))
    return _shuffled(pixels[part], case, rng), None


def binned(case: Case, rng: np.random.Generator) -> Made:
    """Measures that ship with scikit-learn, each column in bins of about as many rows."""
    from sklearn import datasets

    if case.data not in _SHIPPED:
        raise InvalidCase(f"there are no data {case.data!r}; choose one of {', '.join(_SHIPPED)}")
    _bounds(case, bins=(1, 256))
    values = getattr(datasets, f"load_{case.data}")().data
    edges = np.quantile(values, np.arange(1, case.bins) / case.bins, axis=0)
    columns = [np.searchsorted(edges[:, j], values[:, j], "right") for j in range(values.shape[1])]
    return _shuffled(np.stack(columns, axis=1).astype(np.uint16), case, rng), None


def words(case: Case, rng: np.random.Generator) -> Made:
    """How often each of the n most frequent words stands in each of m stretches of an English text.

    The text is the one that ships with the pack; its stretches are of about as many words. Letter
    x says x times, the last one "that often or more".
    """
    from bench_text._corpus import english

    found = np.array(english().decode("ascii").lower().split())
    kinds, numbers, counts = np.unique(found, return_inverse=True, return_counts=True)
    _bounds(case, m=(1, len(found)), n=(1, len(kinds)), most=(1, 255))
    columns = np.full(len(kinds), -1)
    columns[np.argsort(-counts, kind="stable")[: case.n]] = np.arange(case.n)
    rows, columns = np.arange(len(found)) * case.m // len(found), columns[numbers]
    table = np.zeros((case.m, case.n), np.int64)
    np.add.at(table, (rows[columns >= 0], columns[columns >= 0]), 1)
    return _shuffled(np.minimum(table, case.most).astype(np.uint16), case, rng), None


def file(case: Case, rng: np.random.Generator) -> Made:
    """The user's own table, a .npy file of whole numbers; `shuffle` works on it, too."""
    if not case.path:
        raise InvalidCase("the family 'file' needs a table: write file[path=my.npy]")
    path = Path(case.path).expanduser()
    try:
        found = np.load(path, mmap_mode="r", allow_pickle=False)
    except FileNotFoundError:
        raise InvalidCase(
            f"there is no file {case.path} (looked for {path.absolute()}); give the path of a "
            ".npy file"
        ) from None
    except (OSError, ValueError, EOFError) as error:
        raise InvalidCase(
            f"{case.path} cannot be read as an array ({error}); expected a .npy file as "
            "numpy.save writes it"
        ) from None
    if not isinstance(found, np.ndarray):
        found.close()
        raise InvalidCase(
            f"{case.path} is an archive of arrays; expected one array: write it with numpy.save"
        )
    return _shuffled(_as_letters(found), case, rng), None


def _as_letters(found: np.ndarray) -> np.ndarray:
    if found.ndim != 2 or 0 in found.shape:
        raise InvalidCase(
            f"the table has shape {found.shape}, expected rows and columns, one of each at least: "
            "give a two-dimensional array"
        )
    if found.dtype.kind not in "biu":
        raise InvalidCase(
            f"the table has dtype {found.dtype}, expected whole numbers: number the categories "
            "from 0 on, and make what is missing a category of its own"
        )
    if found.size > MOST_ENTRIES:
        raise InvalidCase(
            f"the table has {found.size} entries, expected at most {MOST_ENTRIES}: cut it"
        )
    outside = found.astype(np.int64) if found.dtype.kind == "b" else found
    least, most = outside.min(), outside.max()
    if least < 0 or most >= MOST_LETTERS:
        at = np.unravel_index(outside.argmin() if least < 0 else outside.argmax(), found.shape)
        raise InvalidCase(
            f"the table holds {least if least < 0 else most} in row {at[0]}, column {at[1]}, "
            f"expected letters 0 to {MOST_LETTERS - 1}: number the categories from 0 on"
        )
    return found.astype(np.uint16)


def _drawn(case: Case, laws: np.ndarray, rng: np.random.Generator) -> Made:
    """A table from laws [row classes, column classes, letters], and its entropy per entry."""
    _sized(case)
    rows = rng.integers(laws.shape[0], size=case.m)
    columns = rng.integers(laws.shape[1], size=case.n)
    cumulated = laws.cumsum(axis=2)
    table = np.empty((case.m, case.n), np.uint16)
    step = max(1, _AT_ONCE // case.n)
    for start in range(0, case.m, step):
        part = table[start : start + step]
        chance = rng.random(part.shape)
        for a in range(laws.shape[0]):
            own = np.flatnonzero(rows[start : start + step] == a)
            for b in range(laws.shape[1]):
                where = np.ix_(own, np.flatnonzero(columns == b))
                part[where] = np.searchsorted(cumulated[a, b, :-1], chance[where], "right")
    shares = (
        np.bincount(labels, minlength=k) / len(labels)
        for labels, k in zip((rows, columns), laws.shape, strict=False)
    )
    logs = np.log2(laws, out=np.zeros_like(laws), where=laws > 0)
    entropies = -(laws * logs).sum(axis=2)
    return table, float(next(shares) @ entropies @ next(shares))


def _shuffled(table: np.ndarray, case: Case, rng: np.random.Generator) -> np.ndarray:
    """A control: the lines in another order, each column, or all cells, shuffled by itself."""
    if case.shuffle not in _SHUFFLES:
        raise InvalidCase(
            f"there is no shuffle {case.shuffle!r}; choose one of {', '.join(_SHUFFLES)}"
        )
    if case.shuffle == "lines":
        return table[rng.permutation(len(table))][:, rng.permutation(table.shape[1])]
    if case.shuffle == "columns":
        return rng.permuted(table, axis=0)
    if case.shuffle == "cells":
        return rng.permuted(table)
    return table


def _sized(case: Case) -> None:
    _bounds(case, m=(1, 1 << 24), n=(1, 1 << 24))
    if case.m * case.n > MOST_ENTRIES:
        raise InvalidCase(
            f"m n is {case.m * case.n}, expected at most {MOST_ENTRIES}: choose a smaller table"
        )


def _bounds(case: Case, **limits: tuple[int, int]) -> None:
    for name, (least, most) in limits.items():
        value = case.parameters[name]
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise InvalidCase(
                f"{name} is {value!r}, expected a whole number {least} to {most}: choose another"
            )
