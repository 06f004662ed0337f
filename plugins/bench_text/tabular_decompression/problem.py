"""Tabular decompression: a table of letters back from its bytes.

The board tabular_compression asks for few bytes; here they have been written, in several formats
(`_formats.py`), and the contest is the time that a solver takes to make the table of them. A solver
chooses the format that it reads. All formats of a case hold the same table, written by the same
encoder that tabular_compression's solvers use; so times compare at one table, and `bits` stands
beside each: what the bytes that were decoded cost per entry. A format is worth its time where none
that is as fast is smaller.

An answer is right if all m n entries are those of the format that it was decoded from. Formats
differ in a few entries, by which an answer says which format that is: a solver cannot read one and
be listed with the size of another.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_text.tabular_compression import _container, _families
from bench_text.tabular_decompression import _formats
from harness.api import Case, Instance, InvalidAnswer, Problem, Symmetry


class TabularDecompression(Problem):
    """Decode a table.

    `data` holds `containers`, by the name of the format ("kt blocks", "deflate rows", ...) its
    bytes, uint8; the table's rows `m` and columns `n`; and `letters`, one more than the largest
    letter that may come. Formats of coders that are not installed are missing. An answer is the
    table of one of the containers, an array of integers, m x n.
    """

    title = "Tabular decompression"
    kind = "exact"
    cost_name = "wrong entries"
    compare = "difference"
    rank_by = "time"
    size = "entries"
    families: ClassVar = _families.FAMILIES
    suites: ClassVar = {
        "smoke": ["two_laws[m=200,n=40]", "dirichlet[m=300,n=50]", "binned[data=iris]"],
        "standard": [
            "dirichlet[m=5000,n=200]",
            "dirichlet[m=2000,n=200,letters=10,column_classes=4,concentration=0.3]",
            "two_laws[m=4000]",
            "uniform[m=4000]",
            "words[m=500,n=400]",
            "digits",
            "repeated_rows[m=2000]",
        ],
        "large": ["dirichlet[m=20000,n=200]", "two_laws[m=100000,n=100]"],
        "growth": [f"dirichlet[m={500 << step},n=200]" for step in range(6)],
        "edge": [
            "uniform[m=1,n=1,letters=1]",
            "uniform[m=1,n=1,letters=65536]",
            "uniform[m=1,n=40]",
            "uniform[m=40,n=1]",
            "uniform[m=30,n=7,letters=1]",
            "uniform[m=20,n=9,letters=300]",
            "uniform[m=9,n=5,letters=17]",
            "repeated_rows[m=50,n=8,different=2,changed=0.0]",
            "digits[m=30,shuffle=cells]",
            "two_laws[m=60,n=20]",
        ],
    }
    starter = """\
# data.containers: by the name of a format ("deflate rows", ...) its bytes, an array of uint8, as
# tabular_compression's _container.py describes them; data.m, data.n, data.letters
# answer: the table of one of them, m x n, an array of integers
from bench_text.tabular_compression._container import decode

yield decode(data.containers["deflate rows"], (data.m, data.n), data.letters)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        table, letters, entropy = _families.made(case, rng)
        containers, truth = _formats.written(table, letters, rng)
        if entropy is not None:
            truth["entropy"] = entropy
        m, n = table.shape
        return Instance(
            data={"containers": containers, "m": m, "n": n, "letters": letters},
            truth=truth,
            sizes={"entries": m * n, "m": m, "n": n, "letters": letters},
            optimum=0.0,
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        truth, containers = instance.truth, instance.data["containers"]
        table = _table_of(answer, truth["table"].shape)
        names = list(containers)
        formats, nearest = _formats.format_of(truth, table)
        if not formats:
            right = _formats.table_of(truth, nearest)
            wrong = table != right
            row, column = np.unravel_index(wrong.argmax(), wrong.shape)
            raise InvalidAnswer(
                f"{np.count_nonzero(wrong)} of {wrong.size} entries are wrong if this is the table "
                f"of {names[nearest]!r}, to which it comes nearest: row {row}, column {column} "
                f"holds {table[row, column]}, expected {right[row, column]}"
            )
        size = max(len(containers[names[number]]) for number in formats)
        scores = {"bytes": float(size), "bits": 8 * size / table.size}
        if "entropy" in truth:
            scores["gap"] = scores["bits"] - truth["entropy"]
        return 0.0, scores

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        return instance.truth["table"]  # all right answers mean this one, but for their marks

    def exact(self, instance: Instance) -> float:
        return 0.0  # every container holds its table

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, truth, containers = instance.data, instance.truth, instance.data["containers"]
        m, n = data["m"], data["n"]
        rows, columns = np.divmod(truth["places"], n)
        turned = {name: truth[name] for name in truth}
        turned["table"] = np.ascontiguousarray(truth["table"].T)
        turned["places"] = columns * m + rows
        yield Symmetry(
            "rows and columns exchanged",
            Instance(
                {
                    "containers": {
                        name: _container.turned(containers[name]) for name in containers
                    },
                    "m": n,
                    "n": m,
                    "letters": data["letters"],
                },
                turned,
                {**instance.sizes, "m": n, "n": m},
                0.0,
            ),
            back=lambda answer: answer.T,
            strict=True,
        )


def _table_of(answer: object, shape: tuple[int, int]) -> np.ndarray:
    """An answer as an array of integers.

    Raises:
        InvalidAnswer: where it is no such array.
    """
    wanted = f"expected an array of integers, {shape[0]} x {shape[1]}"
    if not isinstance(answer, np.ndarray):
        kind = "None" if answer is None else f"of type {type(answer).__name__}"
        raise InvalidAnswer(f"the answer is {kind}, {wanted}")
    if answer.dtype.kind not in "iu":
        raise InvalidAnswer(f"the answer is an array of {answer.dtype}, {wanted}")
    if answer.shape != shape:
        raise InvalidAnswer(f"the answer has shape {answer.shape}, {wanted}")
    return answer
