"""Byte-pair encoding as optimisation: few tokens by a given number of merges.

Training is usually greedy. Here any sequence of at most M merges is an answer, and its cost is how
many tokens of the text it leaves: |x| minus its utility. So it shows how far greedy training is
from the optimum (of tiny texts, where that can be found), and what other packages' rules make of a
text.

A merge (left, right) replaces, from left to right, every left that is followed by right; the new
token is another symbol than that of any other merge, even where both are spelled alike. A text is
cut in words at white space, which is left out, or is one word as a whole.

Of a tiny text every sequence of merges is tried. Then scores tell `share_of_optimum`, the utility
against the best one; `optimal`, 1 where they are equal; `bound`, the share that the paper's theorem
promises of greedy merges on this very text, (1 - exp(-sigma)) / sigma; and `keeps_bound`, 1 where
the answer reaches it.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_text.bpe_compression import _search
from bench_text.bpe_training import _families
from bench_text.bpe_training._answers import pairs
from bench_text.bpe_training._reference import Tokens, words_of
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_SHORT = 30  # characters of a text whose optimum is searched for
_SEQUENCES = 30_000  # of merges, that the search may try

# Texts on which greedy training misses the optimum, or on which it is known.
_KNOWN = ("aabaaabac", "aaaabaaaba", "aaabdaaabac", "picked pickled pickles", "ababcabc")


class BPECompression(Problem):
    """Find at most M merges that leave few tokens.

    `data` holds `symbols`, int32[n]: a -1 before each different word and one at the end, else ids
    0 .. alphabet - 1; `weight`, int64[words], how often each counts; `alphabet`; and `merges`, how
    many are allowed. An answer is an array of integers [at most merges, 2]; merge r makes the id
    alphabet + r.
    """

    title = "Byte-pair encoding: compression"
    kind = "batch"
    cost_name = "tokens left"
    size = "n"
    families: ClassVar = {
        "tiny": {"size": 12, "alphabet": 2, "merges": 3},
        "known": {"number": 0, "merges": 3},
        "english": {"size": 148_000, "merges": 1000, "split": True},
        "generated": {"size": 1_000_000, "merges": 2000, "split": True},
        "random": {"size": 20_000, "alphabet": 26, "merges": 500, "split": True},
        "dna": {"size": 50_000, "merges": 300, "split": False},
        "runs": {"size": 3000, "longest": 20, "merges": 20, "split": False},
        "fibonacci": {"size": 1000, "merges": 10, "split": False},
    }
    suites: ClassVar = {
        "smoke": ["tiny", "known", "english[size=5000,merges=50]"],
        "standard": [
            "tiny[size=14,merges=4]",
            "tiny[size=24,alphabet=3,merges=4]",
            "known",
            "known[number=1]",
            "english",
            "generated",
            "dna",
            "runs",
        ],
        "growth": [f"english[size={4500 << step},merges=200]" for step in range(6)],
        "large": ["generated[size=20000000,merges=8000]"],
        "tuning": [
            "tiny[size=16,alphabet=3]",
            "english[size=30000,merges=400]",
            "generated[size=300000,merges=1000]",
            "dna[size=10000,merges=100]",
            "runs[size=1500]",
        ],
        "edge": [
            "tiny[size=1,merges=1]",
            "tiny[size=2,alphabet=1]",
            "tiny[size=8,merges=0]",
            "tiny[size=9,alphabet=1,merges=4]",
            "tiny[size=10,alphabet=3]",
            "tiny[size=6,merges=1000000]",
            *(f"known[number={k}]" for k in range(len(_KNOWN))),
            "runs[size=40,merges=8]",
        ],
    }
    starter = """\
# data.symbols: int32 array, words of ids 0 .. data.alphabet - 1, a -1 before each and at the end
# data.weight: how often each word counts; data.merges: how many merges are allowed
# answer: an integer array [at most data.merges, 2]; this merges the first pair of the first word
first = data.symbols[1:3]
yield first[None].astype(int) if data.merges and len(first) == 2 and min(first) >= 0 else (
    np.zeros((0, 2), int)
)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        if case.merges < 0:
            raise InvalidCase(f"merges is {case.merges}, expected 0 or more; choose a larger one")
        words = words_of(_text(case, rng), case.parameters.get("split", False))
        if not words:
            raise InvalidCase(
                "the text is nothing but white space, expected a word at least; write split=false"
            )
        letters = {letter: k for k, letter in enumerate(sorted(set().union(*words)))}
        coded = [np.array([letters[c] for c in word], np.int32) for word in words]
        border = np.array([-1], np.int32)
        symbols = np.concatenate([part for word in coded for part in (border, word)] + [border])
        weight = np.array(list(words.values()), np.int64)
        n = int(sum(count * len(word) for word, count in words.items()))
        found = None
        if len(words) == 1 and len(coded[0]) <= _SHORT:
            found = _search.search(coded[0].tolist(), case.merges, _SEQUENCES)
        return Instance(
            data={
                "symbols": symbols,
                "weight": weight,
                "alphabet": len(letters),
                "merges": case.merges,
            },
            truth=None if found is None else {"bound": found.bound},
            sizes={"n": n, "merges": case.merges, "distinct": sum(map(len, words))},
            optimum=None if found is None else float(found.least * weight[0]),
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data = instance.data
        merges = _valid(answer, data["alphabet"], data["merges"])
        state = _tokens(data)
        before = state.tokens
        for r, (left, right) in enumerate(merges.tolist()):
            state.merge((left, right), data["alphabet"] + r)
        saved = before - state.tokens
        scores = {"utility": float(saved), "symbols_per_token": before / state.tokens}
        if instance.optimum is not None and instance.truth is not None:
            most, bound = before - instance.optimum, instance.truth["bound"]
            share = saved / most if most else 1.0
            scores["share_of_optimum"] = share
            scores["optimal"] = float(saved == most)
            scores["bound"] = bound
            scores["keeps_bound"] = float(share >= bound - 1e-12)
        return float(state.tokens), scores

    def normal(self, instance: Instance, answer: np.ndarray) -> np.ndarray:
        return answer.astype(np.int64)

    def exact(self, instance: Instance) -> float | None:
        return instance.optimum

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, alphabet = instance.data, instance.data["alphabet"]

        def changed(factor: int, **values: object) -> Instance:
            best = instance.optimum
            sizes = {**instance.sizes, "n": instance.sizes["n"] * factor}
            optimum = None if best is None else best * factor
            whole = {name: data[name] for name in ("symbols", "weight", "alphabet", "merges")}
            return Instance({**whole, **values}, instance.truth, sizes, optimum)

        yield Symmetry(
            "every word three times as often",
            changed(3, weight=data["weight"] * 3),
            cost=lambda cost: 3 * cost,
            strict=True,
        )
        order = rng.permutation(alphabet)
        renamed = np.append(order, -1)[data["symbols"]].astype(np.int32)
        names = np.argsort(order)

        def back(answer: np.ndarray) -> np.ndarray:
            letters = answer < alphabet
            return np.where(letters, names[np.where(letters, answer, 0)], answer)

        yield Symmetry("letters renamed", changed(1, symbols=renamed), back=back)


def _text(case: Case, rng: np.random.Generator) -> str:
    if case.family == "known":
        if not 0 <= case.number < len(_KNOWN):
            raise InvalidCase(f"number is {case.number}, expected 0 to {len(_KNOWN) - 1}")
        return _KNOWN[case.number]
    if case.family == "tiny":
        if case.size < 1 or case.alphabet < 1 or case.alphabet > 26:
            raise InvalidCase(
                f"size is {case.size} and alphabet {case.alphabet}; expected 1 or more, and 1 to 26"
            )
        return bytes(rng.integers(97, 97 + case.alphabet, case.size).astype(np.uint8)).decode()
    return _families.text_of(case, rng).tobytes().decode()


def _tokens(data: dict[str, np.ndarray]) -> Tokens:
    symbols = data["symbols"].astype(np.int64)
    borders = np.flatnonzero(symbols < 0)
    words = [symbols[a + 1 : b] for a, b in pairwise(borders.tolist())]
    return Tokens(words, data["weight"])


def _valid(answer: object, alphabet: int, merges: int) -> np.ndarray:
    """An answer as an integer array [at most merges, 2].

    Raises:
        InvalidAnswer: where it is none, or a merge names an id that is not made before it.
    """
    found = pairs(answer)
    if len(found) > merges:
        raise InvalidAnswer(f"the answer has {len(found)} merges, expected at most {merges}")
    made = alphabet + np.arange(len(found))
    wrong = np.flatnonzero((found < 0).any(axis=1) | (found >= made[:, None]).any(axis=1))
    if wrong.size:
        r = int(wrong[0])
        raise InvalidAnswer(
            f"merge {r} joins {tuple(found[r].tolist())}, expected ids from 0 to {made[r] - 1}"
        )
    return found
