"""Whether shots of an answer come again more often than those of independent draws.

Two lots of M shots are taken from the answer at random, and a third one is drawn anew. Where all
shots are independent and of one law, the second lot and the third could be exchanged: of the K
shots in both that are equal to a shot of the first lot, k are in the second, a hypergeometric
number, for which P(k >= K (1/2 + g)) <= exp(-K KL(1/2 + g || 1/2)) (Hoeffding 1963, theorem 4). If
the second lot holds copies of the first, k is larger.

Shots are looked at in strata, by how many of both lots are equal to them: where most shots are
alike, as with little noise, only the rare ones tell. And they are compared in parts of the outputs,
too, drawn once the answer is there: copies of which a few bits were changed are equal in some.

Where a shot has only a few bits, or hardly any noise, there are too few rare shots, so that copies
aren't told from draws.
"""

import hashlib
from collections.abc import Callable, Iterator

import numpy as np

from bench_quantum.stabilizer_sampling._bounds import ALPHA, divergence
from harness.api import InvalidAnswer

_LOT = 1 << 14  # shots
_WATCHED = 1 << 11  # outputs
_SHARES = (1, 2, 4, 8, 16, 32)  # one in so many of the outputs is in a part
_FEWEST = 8  # outputs of a part
_STRATA = 16  # [2^i, 2^(i + 1)) equal shots in both lots
_AT_ONCE = 1 << 26  # bits that are unpacked at a time

Draw = Callable[[int, np.random.Generator], np.ndarray]


def repeats(samples: np.ndarray, bits: int, draw: Draw) -> float:
    """Test packed samples, uint8[shots, ceil(bits / 8)].

    Args:
        samples: all shots.
        bits: how many of each shot are looked at, the first ones.
        draw: samples as many shots of these bits, packed likewise, by the law they should have.

    Returns:
        the largest test statistic as a share of what is allowed.

    Raises:
        InvalidAnswer: where shots come again too often.
    """
    lot = min(len(samples) // 2, _LOT)
    if not lot or not bits:
        return 0.0
    seed = hashlib.blake2b(np.ascontiguousarray(samples), digest_size=16).digest()
    rng = np.random.default_rng(int.from_bytes(seed, "little"))  # nobody can know it beforehand
    outputs = rng.permutation(bits)[: min(_WATCHED, _AT_ONCE // (3 * lot))]
    chosen = rng.permutation(len(samples))[: 2 * lot]
    both = _columns(samples, chosen, outputs), _columns(draw(lot, rng), np.arange(lot), outputs)
    lots = np.concatenate(both, axis=1)
    parts = list(_parts(len(outputs), rng))
    level = np.log(len(parts) * _STRATA / ALPHA)
    worst = 0.0
    for part in parts:
        packed = np.ascontiguousarray(np.packbits(lots[part], axis=0).T)
        classes = np.unique(packed.view(f"V{packed.shape[1]}").reshape(-1), return_inverse=True)[1]
        counts = [np.bincount(one, minlength=classes.max() + 1) for one in np.split(classes, 3)]
        again, fresh = _strata(*counts)
        known = again + fresh
        share = again / np.maximum(known, 1)
        gaps = known * divergence(np.maximum(share, 0.5), np.full(_STRATA, 0.5)) / level
        if gaps.max() > 1:
            at = int(np.argmax(gaps))
            raise InvalidAnswer(
                f"of {lot} shots {again[at]:.0f} come again among {lot} others of the answer (in "
                f"{len(part)} of {bits} bits), but {fresh[at]:.0f} among as many independent ones: "
                "draw each shot anew"
            )
        worst = max(worst, float(gaps.max()))
    return worst


def _columns(packed: np.ndarray, shots: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Some outputs of some shots, uint8[outputs, shots]."""
    found = packed[shots[:, None], outputs // 8]
    found >>= (outputs % 8).astype(np.uint8)
    found &= 1
    return np.ascontiguousarray(found.T)


def _parts(outputs: int, rng: np.random.Generator) -> Iterator[np.ndarray]:
    """Outputs in which shots are compared: all of them, then fewer and fewer."""
    for share in _SHARES:
        if share == 1 or outputs // share >= _FEWEST:
            for _ in range(1 if share == 1 else 3):
                yield rng.choice(outputs, outputs // share, replace=False, shuffle=False)


def _strata(first: np.ndarray, second: np.ndarray, third: np.ndarray) -> tuple[np.ndarray, ...]:
    """In each stratum, how many of the second lot and of the third are equal to one of the first.

    Each argument counts the shots of a lot that are in each class of equal ones.
    """
    both = second + third
    told = np.flatnonzero((first > 0) & (both > 0))
    stratum = np.minimum(np.frexp(both[told])[1] - 1, _STRATA - 1)
    return tuple(
        np.bincount(stratum, weights=lot[told], minlength=_STRATA) for lot in (second, third)
    )
