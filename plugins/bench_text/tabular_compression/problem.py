"""Tabular compression: write a table of letters in few bytes, from which it can be decoded.

Given is an m x n table whose entries are letters 0..A-1, categories without an order. An answer is
a container, the bytes that `_container.py` describes, of which the decoder there makes the same
table again: m n letters, one by one compared. The cost is the bits of the whole container, head
and all, per entry of the table.

A solver's process has seen the table, so that decoding there would prove nothing. So the decoder
belongs to the problem, and runs where answers are scored; it knows nothing but the bytes. What it
can't read is no answer: a new coder has to be added to the container, here, before a solver can use
it, while new ways to choose classes, orders or levels need nothing from here.

Of generated tables the entropy is known, the bits per entry below which no code comes on average;
`gap` tells how far above it the answer is. A single draw may come below by chance.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_text.tabular_compression import _container, _families
from bench_text.tabular_compression._streams import FormatError
from harness.api import Case, Instance, InvalidAnswer, Problem, Symmetry


class TabularCompression(Problem):
    """Find the shortest container of a table.

    `data` holds `table`, m x n, uint8 (uint16 where there are more than 256 letters), and
    `letters`, one more than the largest letter that may come. An answer is a container as a
    one-dimensional array of uint8.
    """

    title = "Tabular compression"
    kind = "batch"
    cost_name = "bits per entry"
    size = "entries"
    families: ClassVar = _families.FAMILIES
    suites: ClassVar = {
        "smoke": ["two_laws[m=200,n=40]", "dirichlet[m=300,n=50]", "binned[data=iris]"],
        "standard": [
            "dirichlet[m=5000,n=200]",
            "dirichlet[m=2000,n=200,letters=10,column_classes=4,concentration=0.3]",
            "two_laws[m=4000]",
            "same_mean[m=2000]",
            "dirichlet[m=20000,n=4]",
            "digits",
            "digits[shuffle=columns]",
            "binned",
            "words",
            "repeated_rows[m=2000]",
        ],
        "large": [
            "dirichlet[m=20000,n=500,letters=2,row_classes=2]",
            "dirichlet[m=20000,n=200,letters=50,row_classes=4,column_classes=5]",
            "dirichlet[m=100000,n=100]",
            "two_laws[m=100000,n=100]",
        ],
        "growth": [f"dirichlet[m={500 << step},n=200]" for step in range(6)],
        "edge": [
            "uniform[m=1,n=1,letters=1]",
            "uniform[m=1,n=1,letters=65536]",
            "uniform[m=1,n=40]",
            "uniform[m=40,n=1]",
            "uniform[m=30,n=7,letters=1]",
            "uniform[m=20,n=9,letters=300]",
            "uniform[m=9,n=5,letters=2]",
            "uniform[m=9,n=5,letters=17]",
            "repeated_rows[m=50,n=8,different=2,changed=0.0]",
            "binned[data=iris,bins=1]",
            "digits[m=30,shuffle=cells]",
            "words[m=9,n=4,most=1]",
            "two_laws[m=60,n=20]",
        ],
        "tuning": ["dirichlet[m=1000,draw=7]", "digits[m=900,draw=3]", "binned[data=wine]"],
    }
    starter = """\
# data.table: m x n letters, uint8 or uint16; data.letters: one more than the largest
# answer: a container (see the problem's _container.py), an array of uint8
from bench_text.tabular_compression._container import encode

yield encode(data.table, "kt", "lines")
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        table, letters, entropy = _families.made(case, rng)
        m, n = table.shape
        return Instance(
            data={"table": table, "letters": letters},
            truth=None if entropy is None else {"entropy": entropy},
            sizes={"entries": m * n, "m": m, "n": n, "letters": letters},
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        table, letters = instance.data["table"], instance.data["letters"]
        container = _bytes_of(answer)
        try:
            found = _container.decode(container, table.shape, letters)
        except FormatError as error:
            raise InvalidAnswer(
                f"the {len(container)} bytes can't be decoded: {error}; expected a container as "
                "_container.py describes it"
            ) from None
        wrong = found != table
        if wrong.any():
            row, column = np.unravel_index(wrong.argmax(), table.shape)
            raise InvalidAnswer(
                f"{np.count_nonzero(wrong)} of {table.size} entries differ after decoding, the "
                f"first in row {row}, column {column}: {found[row, column]}, expected "
                f"{table[row, column]}"
            )
        cost = 8 * len(container) / table.size
        scores = {"bytes": float(len(container))}
        if letters > 1:
            scores["reduction"] = 1 - cost / math.log2(letters)
        if instance.truth is not None:
            scores["gap"] = cost - instance.truth["entropy"]
        return cost, scores

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        table = np.ascontiguousarray(instance.data["table"][::-1])
        yield Symmetry(  # the first one, by which timings tell who keeps answers: it is as hard
            "rows in reverse order",
            Instance(
                {"table": table, "letters": instance.data["letters"]},
                instance.truth,
                instance.sizes,
            ),
            back=_container.upside_down,
        )
        table = np.ascontiguousarray(instance.data["table"].T)
        sizes = {**instance.sizes, "m": table.shape[0], "n": table.shape[1]}
        yield Symmetry(
            "rows and columns exchanged",
            Instance({"table": table, "letters": instance.data["letters"]}, instance.truth, sizes),
            back=_container.turned,
        )


def _bytes_of(answer: object) -> np.ndarray:
    wanted = "expected a one-dimensional array of uint8: numpy.frombuffer(..., numpy.uint8)"
    if not isinstance(answer, np.ndarray):
        kind = "None" if answer is None else f"of type {type(answer).__name__}"
        raise InvalidAnswer(f"the answer is {kind}, {wanted}")
    if answer.dtype != np.uint8 or answer.ndim != 1:
        raise InvalidAnswer(
            f"the answer is an array of {answer.dtype} of {answer.ndim} dimensions, {wanted}"
        )
    return np.ascontiguousarray(answer)
