"""The polar factor of a matrix: the nearest one whose singular values are all 1.

Given G = U S V^T, find U V^T. Muon replaces the momentum of a weight matrix by it, roughly: its
five quintic steps leave the singular values between 0.68 and 1.2. Here it is the whole task, so
that what is gained in time and lost in accuracy can be seen apart from training.

Singular values that are 0 stay 0: of a matrix of rank r the factor is the sum of the first r
u_i v_i^T, the nearest partial isometry. The families hold no matrix whose rank is in doubt.

The cost is log10 of ||O - U V^T||_F / ||U V^T||_F. It does not fall below what ten roundings in
double move the factor by, on average over their directions: an error of size e in each entry of G
moves it by e times the root of the sum of 4 / (s_i + s_j)^2 over pairs of singular values, and of
1 / s_i^2 for each direction outside of the range. That is about 1e-14 of a random matrix, and more
where it is ill-conditioned. The reference is an SVD in double.
"""

import math
from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_optimization._checks import finite
from bench_optimization.polar_factor import _families
from harness.api import Case, Instance, InvalidAnswer, Problem, Symmetry

_ROUNDINGS = 10 * np.finfo(np.float64).eps
_LEAST_COST = -15.0  # decades; a single rounding of each entry
_LARGEST_ENTRY = 1e60  # the fourth power of the norm is still a number


class PolarFactor(Problem):
    """Find U V^T of G = U S V^T.

    `data` holds `matrix`, a C-contiguous array [rows, cols] of float32 or float64, neither side
    being 0. An answer is an array of real numbers of the same shape.
    """

    title = "Polar factor"
    kind = "batch"
    cost_name = "distance to the polar factor, decades"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        # Independent standard normal entries, such as an early momentum's.
        "gaussian": {"rows": 64, "cols": 64, "dtype": "float64"},
        # Random singular vectors; singular values from 1 to 1 / condition, evenly in decades.
        "conditioned": {"rows": 128, "cols": 128, "condition": 1000.0, "dtype": "float64"},
        # The polar factor itself, plus noise of a relative size.
        "near_orthogonal": {"rows": 128, "cols": 128, "noise": 0.001, "dtype": "float64"},
        # Small whole numbers, so that the rank is exact; rank=0 is a matrix of zeros.
        "low_rank": {"rows": 96, "cols": 128, "rank": 16, "dtype": "float64"},
        # A few strong directions over a floor of weak ones, as gradients have them.
        "gradient_like": {"rows": 128, "cols": 128, "decay": 1.0, "dtype": "float64"},
        # The gradient of a hidden layer of a network on handwritten digits, at its start.
        "digits": {"hidden": 64, "dtype": "float32"},
    }
    suites: ClassVar = {
        "smoke": [
            "gaussian[rows=16,cols=16]",
            "conditioned[rows=12,cols=20,condition=100.0]",
            "low_rank[rows=10,cols=14,rank=4]",
        ],
        "standard": [
            "gaussian[dtype=float32]",
            "gaussian[rows=128,cols=32]",
            "gaussian[rows=256,cols=1024,dtype=float32]",
            "gaussian[rows=512,cols=512,dtype=float32]",
            "conditioned[condition=10.0]",
            "conditioned[rows=256,cols=256]",
            "conditioned[condition=1000000.0]",
            "near_orthogonal[rows=256,cols=256]",
            "low_rank",
            "gradient_like[rows=256,cols=512]",
            "digits",
        ],
        "large": [
            "gaussian[rows=1024,cols=1024,dtype=float32]",
            "gradient_like[rows=512,cols=2048,dtype=float32]",
            "conditioned[rows=1024,cols=1024]",
            "gaussian[rows=2048,cols=2048,dtype=float32]",
        ],
        "growth": [f"gaussian[rows={n},cols={n}]" for n in (32, 64, 128, 256, 512)],
        "tuning": [
            "gaussian[rows=48,cols=80]",
            "gaussian[rows=100,cols=100,dtype=float32]",
            "conditioned[rows=96,cols=96,condition=10000.0]",
            "gradient_like[rows=96,cols=160]",
            "digits[hidden=48]",
        ],
        "edge": [
            "gaussian[rows=1,cols=1]",
            "gaussian[rows=1,cols=7]",
            "gaussian[rows=9,cols=1,dtype=float32]",
            "gaussian[rows=2,cols=3]",
            "low_rank[rows=3,cols=4,rank=0]",
            "low_rank[rows=5,cols=4,rank=1]",
            "conditioned[rows=6,cols=6,condition=1.0]",
            "conditioned[rows=5,cols=8,condition=1000000.0,dtype=float32]",
            "near_orthogonal[rows=8,cols=3,noise=0.0]",
            "digits[hidden=2]",
        ],
    }
    starter = """\
# data.matrix: rows x cols array (float32 or float64)
# answer: an array of the same shape, near the matrix whose singular values are all 1
yield data.matrix / (np.linalg.norm(data.matrix) or 1.0)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        matrix, rank = getattr(_families, case.family)(case, rng)
        u, values, vt = np.linalg.svd(matrix.astype(np.float64), full_matrices=False)
        factor = u[:, :rank] @ vt[:rank]
        rows, cols = matrix.shape
        return Instance(
            data={"matrix": np.ascontiguousarray(matrix)},
            truth={"factor": factor, "rank": rank},
            sizes={"n": min(rows, cols), "rows": rows, "cols": cols},
            optimum=max(_LEAST_COST, math.log10(resolution(values[:rank], rows, cols))),
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        factor, rank = instance.truth["factor"], instance.truth["rank"]
        found = _matrix(answer, factor.shape)
        scale = math.sqrt(rank) or 1.0
        distance = float(np.linalg.norm(found - factor)) / scale
        cost = math.log10(distance) if distance > 0 else -math.inf
        return max(cost, instance.optimum), self._scores(found, factor, rank, distance)

    @staticmethod
    def _scores(
        found: np.ndarray, factor: np.ndarray, rank: int, distance: float
    ) -> dict[str, float]:
        rows, cols = found.shape
        tall = found if rows >= cols else found.T
        squares = np.linalg.eigvalsh(tall.T @ tall)
        values = np.sqrt(np.maximum(squares, 0.0))[::-1][: max(rank, 1)]
        size = float(np.linalg.norm(found))
        scale = math.sqrt(rank) or 1.0
        return {
            "relative_distance": distance,
            "orthogonality_error": float(np.linalg.norm(squares[::-1][:rank] - 1)) / scale,
            "largest_singular_value": float(values[0]),
            "least_singular_value": float(values[-1]),
            "cosine": float((found * factor).sum()) / (size * scale) if size and rank else 0.0,
            # The root of the mean square of Muon's update, in units of its rate.
            "muon_update_rms": 0.2 * math.sqrt(max(rows, cols)) * size / math.sqrt(found.size),
        }

    def exact(self, instance: Instance) -> float | None:
        return instance.optimum

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        matrix, truth = instance.data["matrix"], instance.truth
        rows, cols = matrix.shape

        def changed(matrix: np.ndarray, factor: np.ndarray) -> Instance:
            return Instance(
                {"matrix": np.ascontiguousarray(matrix)},
                {"factor": factor, "rank": truth["rank"]},
                instance.sizes,
                instance.optimum,
            )

        yield Symmetry(
            "transposed",
            Instance(
                {"matrix": np.ascontiguousarray(matrix.T)},
                {"factor": truth["factor"].T, "rank": truth["rank"]},
                {"n": min(rows, cols), "rows": cols, "cols": rows},
                instance.optimum,
            ),
            back=lambda answer: np.asarray(answer).T,
        )
        order, signs = rng.permutation(rows), rng.choice([-1.0, 1.0], cols).astype(matrix.dtype)
        yield Symmetry(
            "rows permuted, columns turned round",
            changed(matrix[order] * signs, truth["factor"][order] * signs),
            back=lambda answer: np.asarray(answer)[np.argsort(order)] * signs,
        )
        yield Symmetry(
            "matrix times 4",
            changed(4 * matrix, truth["factor"]),
        )


def resolution(values: np.ndarray, rows: int, cols: int) -> float:
    """How far ten roundings of the matrix move its polar factor, relative to the factor.

    Args:
        values: the singular values that are not 0. rows, cols: of the matrix.
    """
    if not values.size:
        return 10**_LEAST_COST
    error = _ROUNDINGS * np.linalg.norm(values) / math.sqrt(rows * cols)
    pairs = np.triu(4 / np.add.outer(values, values) ** 2, 1).sum()
    outside = (rows + cols - 2 * len(values)) * (1 / values**2).sum()
    return max(error * math.sqrt((pairs + outside) / len(values)), 10**_LEAST_COST)


def _matrix(answer: object, shape: tuple[int, ...]) -> np.ndarray:
    """An answer as float64[rows, cols].

    Raises:
        InvalidAnswer: where it is no such matrix, not finite, or too large to be squared twice.
    """
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "fiu":
        told = f"an array of {answer.dtype}" if isinstance(answer, np.ndarray) else type(answer)
        raise InvalidAnswer(f"the answer is {told}, expected an array of real numbers {shape}")
    if answer.shape != shape:
        raise InvalidAnswer(f"the answer has the shape {answer.shape}, expected {shape}")
    found = finite(np.asarray(answer, np.float64), "the answer")
    most = float(np.abs(found).max())
    if most > _LARGEST_ENTRY:
        raise InvalidAnswer(f"the answer has an entry of size {most:.1e}: the iteration diverged")
    return found
