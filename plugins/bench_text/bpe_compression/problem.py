"""Byte-pair encoding as optimisation: few tokens by a given number of merges.

Training is usually greedy. Here any sequence of at most M merges is an answer, and its cost is how
many tokens of the text it leaves: |x| minus its utility. So it shows how far greedy training is
from the optimum (of tiny texts, where that can be found), and what other packages' rules make of a
text.

A merge (left, right) replaces, from left to right, every left that is followed by right; the new
token is another symbol than that of any other merge, even where both are spelled alike. A text is
cut in words at white space, which is left out, or is one word as a whole.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_text.bpe_compression import _search
from bench_text.bpe_training import _families
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
        "growth": [f"english[size={n},merges=200]" for n in (9250, 18500, 37000, 74000, 148000)],
        "edge": [
            "tiny[size=1,merges=1]",
            "tiny[size=2,alphabet=1]",
            "tiny[size=8,merges=0]",
            "tiny[size=9,alphabet=1,merges=4]",
            "tiny[size=10,alphabet=3]",
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
        least = None
        if len(words) == 1 and len(coded[0]) <= _SHORT:
            least = _search.least_tokens(coded[0].tolist(), case.merges, _SEQUENCES)
        return Instance(
            data={
                "symbols": symbols,
                "weight": weight,
                "alphabet": len(letters),
                "merges": case.merges,
            },
            truth=None,
            sizes={"n": n, "merges": case.merges, "distinct": sum(map(len, words))},
            optimum=None if least is None else float(least * weight[0]),
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        data = instance.data
        pairs = _pairs(answer, data["alphabet"], data["merges"])
        state = _tokens(data)
        before = state.tokens
        for r, (left, right) in enumerate(pairs.tolist()):
            state.merge((left, right), data["alphabet"] + r)
        saved = before - state.tokens
        scores = {"utility": float(saved), "symbols_per_token": before / state.tokens}
        if instance.optimum is not None:
            most = before - instance.optimum
            scores["share_of_optimum"] = saved / most if most else 1.0
        return float(state.tokens), scores

    def exact(self, instance: Instance) -> float | None:
        return instance.optimum

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, alphabet = instance.data, instance.data["alphabet"]

        def changed(factor: float, **values: object) -> Instance:
            best = instance.optimum
            sizes = {**instance.sizes, "n": instance.sizes["n"] * factor}
            optimum = None if best is None else best * factor
            whole = {name: data[name] for name in ("symbols", "weight", "alphabet", "merges")}
            return Instance({**whole, **values}, None, sizes, optimum)

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
        if case.size < 1 or case.alphabet < 1 or case.alphabet > 26 or case.merges < 0:
            raise InvalidCase(
                f"size is {case.size}, alphabet {case.alphabet}, merges {case.merges}; expected 1 "
                "or more, 1 to 26, and 0 or more"
            )
        return bytes(rng.integers(97, 97 + case.alphabet, case.size).astype(np.uint8)).decode()
    return _families.text_of(case, rng).tobytes().decode()


def _tokens(data: dict[str, np.ndarray]) -> Tokens:
    symbols = data["symbols"].astype(np.int64)
    borders = np.flatnonzero(symbols < 0)
    words = [symbols[a + 1 : b] for a, b in pairwise(borders.tolist())]
    return Tokens(words, data["weight"])


def _pairs(answer: object, alphabet: int, merges: int) -> np.ndarray:
    """An answer as an integer array [at most merges, 2].

    Raises:
        InvalidAnswer: where it is none, or a merge names an id that is not made before it.
    """
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "iu":
        told = f"an array of {answer.dtype}" if isinstance(answer, np.ndarray) else type(answer)
        raise InvalidAnswer(f"the answer is {told}, expected an array of integers [merges, 2]")
    if answer.ndim != 2 or answer.shape[1] != 2:
        raise InvalidAnswer(f"the answer has the shape {answer.shape}, expected (merges, 2)")
    if len(answer) > merges:
        raise InvalidAnswer(f"the answer has {len(answer)} merges, expected at most {merges}")
    made = alphabet + np.arange(len(answer))
    wrong = np.flatnonzero((answer < 0).any(axis=1) | (answer >= made[:, None]).any(axis=1))
    if wrong.size:
        r = int(wrong[0])
        raise InvalidAnswer(
            f"merge {r} joins {tuple(answer[r].tolist())}, expected ids from 0 to {made[r] - 1}"
        )
    return answer
