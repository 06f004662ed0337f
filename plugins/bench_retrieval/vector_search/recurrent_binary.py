"""Recurrent binary embedding: networks that write a code bit plane by bit plane, trained on pairs.

b = s(W_0(f)) with s the sign; then for u = 1 .. U - 1 the code so far is read back, f' = R_{u-1}(b)
scaled to length one, and b += 2^-u s(W_u(f - f')). A coordinate takes 2^U values. W and R are maps
from d to m coordinates and back: linear, or a hidden layer with batch normalisation. The sign's
gradient is that of the identity where |x| <= 1, else 0. For pairs (x, y) of a batch the cosine of
codes over a temperature of 0.05 enters a softmax of the pair itself and its 5 strongest negatives,
both ways round. Here y is x, moved by `noise` into a random direction.

Codes are compared by their cosine, the query's too (symmetric), through tables of 16 entries; the
best `candidates` are ranked by exact distances. Coding takes 2 U - 1 passes through a network;
memory is n m U / 8 bytes and 4 n of lengths; a query takes O(n m U / 4) look-ups.

Departs from the paper: pairs are made of the corpus alone, as there are no others; vectors are
centred and scaled to length one, under every metric; training is shorter, on 20,000 vectors at
most. The rest (optimiser, rates, clipping, weight decay) is as in the authors' released program.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_retrieval.vector_search._binary import LevelCodes, sample_of
from bench_retrieval.vector_search._index import centred_rows, check_counts, two_stages, unit_rows
from harness.api import Solver

_TEMPERATURE, _NEGATIVES, _PAIRS = 0.05, 5, 128
_RATE, _MOMENTUM, _DECAY, _CLIP = 0.08, 0.9, 1e-3, 5.0


@dataclass(frozen=True)
class RecurrentBinary(Solver):
    """Trained codes of several bits a coordinate, symmetric distances by look-up."""

    problem = "vector_search"
    role = "paper"
    papers = ("binary-embedding-based-retrieval-tencent",)
    requires = ("torch",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}
    space: ClassVar = {
        "coordinates": ("choice", 32, 64, 128, 256),
        "planes": ("choice", 1, 2, 4),
        "candidates": ("log integer", 10, 5000),
        "epochs": ("log integer", 1, 10),
        "noise": ("log", 0.3, 3.0),
    }

    coordinates: int = 128  # of the code, a multiple of 4
    planes: int = 2  # bits a coordinate
    hidden: int = 256  # width of the hidden layer; 0 is a linear map, the release has 2048
    candidates: int = 100
    epochs: int = 1  # over the training vectors; the release has 10
    noise: float = 1.0  # between the two of a pair: easy pairs teach nothing, of too hard ones the
    # strongest negatives are nearer than the other of the pair, and all codes become the same

    def __post_init__(self):
        check_counts(coordinates=self.coordinates, candidates=self.candidates, epochs=self.epochs)
        if self.planes not in (1, 2, 4):
            raise ValueError(f"planes = {self.planes}; expected 1, 2 or 4")
        if self.coordinates % 4:
            raise ValueError(f"coordinates = {self.coordinates}; expected a multiple of 4")
        if not isinstance(self.hidden, int) or self.hidden < 0:
            raise ValueError(f"hidden = {self.hidden}; expected a whole number, 0 or above")
        if not 0 <= self.noise < 1e6:
            raise ValueError(f"noise = {self.noise}; expected a number, 0 or above")

    def solve(self, events, rng):
        import torch
        import torch._dynamo  # an optimiser imports it when it is made; here it is off the clock

        torch.set_num_threads(1)
        metric, k = events.metric, events.k
        rows, mean = centred_rows(events.corpus, metric)
        rows = directions(rows)
        model = self._trained(torch, sample_of(rows, rng), rng)

        def levels(vectors):
            with torch.no_grad():
                parts = [code(torch, model, part)[1] for part in torch.split(vectors, 65536)]
            return torch.cat(parts).numpy()

        kept = min(len(rows), max(k, self.candidates))
        codes = LevelCodes(levels(torch.from_numpy(rows)), self.planes, kept)

        def coarse(query):
            query = unit_rows(query[None]) if metric == "cosine" else query[None]
            return codes.nearest(levels(torch.from_numpy(directions(query - mean)))[0])

        yield from two_stages(events, coarse, k)

    def _trained(self, torch, sample, rng):
        """The networks W_0, R_0, W_1, ..., set to evaluation."""
        d, m = sample.shape[1], self.coordinates
        generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
        sizes = [(d, m), *[(m, d), (d, m)] * (self.planes - 1)]
        model = torch.nn.ModuleList(
            network(torch, into, out, self.hidden, generator) for into, out in sizes
        )
        matrices = [p for p in model.parameters() if p.ndim == 2]
        others = [p for p in model.parameters() if p.ndim != 2]
        optimiser = torch.optim.SGD(
            [{"params": matrices, "weight_decay": _DECAY}, {"params": others}],
            lr=_RATE,
            momentum=_MOMENTUM,
            nesterov=True,
        )
        points, pairs = torch.from_numpy(sample), min(_PAIRS, len(sample))
        steps = len(sample) // pairs * self.epochs if len(sample) > 1 else 0
        for step in range(steps):
            if step == int(0.6 * steps):
                for group in optimiser.param_groups:
                    group["lr"] = 0.1 * _RATE
            if step % (len(sample) // pairs) == 0:
                order = torch.randperm(len(sample), generator=generator)
            first = step % (len(sample) // pairs) * pairs
            x = points[order[first : first + pairs]]
            y = torch.nn.functional.normalize(torch.randn(x.shape, generator=generator))
            y = torch.nn.functional.normalize(x + self.noise * y)
            codes = code(torch, model, torch.cat([x, y]))[0]
            optimiser.zero_grad()
            contrast(torch, codes[:pairs], codes[pairs:]).backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), _CLIP)
            optimiser.step()
        return model.eval()


def directions(rows: np.ndarray) -> np.ndarray:
    """The rows scaled to length one, zeros left as they are."""
    lengths = np.sqrt(np.einsum("ij,ij->i", rows, rows, dtype=np.float64))
    lengths[lengths == 0] = 1
    return (rows / lengths[:, None]).astype(np.float32)


def network(torch, into, out, hidden, generator):
    """A linear map, or two with a hidden layer; Xavier's normal weights, no bias to begin with."""
    nn = torch.nn
    if hidden:
        layers = [
            nn.Linear(into, hidden),
            nn.BatchNorm1d(hidden),
            nn.ReLU(),
            nn.Linear(hidden, out),
        ]
    else:
        layers = [nn.Linear(into, out)]
    for layer in layers:
        if isinstance(layer, nn.Linear):
            nn.init.xavier_normal_(layer.weight, generator=generator)
            nn.init.zeros_(layer.bias)
    return nn.Sequential(*layers)


def code(torch, model, f):
    """Codes as odd multiples of 2^(1 - U), with gradients, and the same as levels from 0, uint8."""
    plane = signs(torch, model[0](f))
    b, levels = plane, plane > 0
    levels = levels.to(torch.uint8)
    for u in range(1, (len(model) + 1) // 2):
        back = torch.nn.functional.normalize(model[2 * u - 1](b))  # of all planes so far
        plane = signs(torch, model[2 * u](f - back))
        b = b + 2.0**-u * plane
        levels = 2 * levels + (plane > 0).to(torch.uint8)
    return b, levels


def signs(torch, x):
    """1 where x is above 0, else -1; the gradient passes where |x| <= 1."""
    hard = torch.where(x > 0, 1.0, -1.0)
    soft = torch.clamp(x, -1, 1)
    return soft + (hard - soft).detach()


def contrast(torch, x, y):
    """The mean cross-entropy of each pair among its 5 strongest negatives, both ways round."""
    functional = torch.nn.functional
    scores = functional.normalize(x) @ functional.normalize(y).T / _TEMPERATURE
    own = torch.eye(len(x), dtype=torch.bool)
    loss = torch.zeros(())
    for table in (scores, scores.T):
        others = table.masked_fill(own, -torch.inf)
        strongest = others.topk(min(_NEGATIVES, len(x) - 1), dim=1).values
        chosen = torch.cat([table.diagonal()[:, None], strongest], dim=1)
        loss = loss + functional.cross_entropy(chosen, torch.zeros(len(x), dtype=torch.long))
    return loss
