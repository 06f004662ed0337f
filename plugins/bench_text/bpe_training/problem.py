"""Training of byte-pair encoding: which pairs of neighbours to merge, in what order.

A text is cut in words at white space (all that Unicode calls White_Space), which is left out, or is
one word as a whole. At first the tokens are the characters. Again and again the most frequent pair
of neighbouring tokens is merged into a new token everywhere, from left to right.

Two rules make the result unique; they are those of the package tokenizers:

- every position counts, overlaps too (aaa has two aa), a word as often as it occurs; no pair
  crosses the border of a word;
- of equally frequent pairs that with the smallest left id is merged, then the smallest right one.
  Ids are the text's characters in the order of their code points, then the merges in the order in
  which they were made.

A case with `merges=-1` wants all merges, until no pair is left; one that wants more than that is
refused. An answer is right or wrong; the contest is time.

To make a case of 100 MB takes about 1.5 GB of memory and ten seconds of a processor.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_text.bpe_training import _answers, _families, _reference
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_TINY = 2000  # characters times merges that the definition itself is run on


class BPETraining(Problem):
    """Find the greedy merges of a text.

    `data` holds `text`, uint8[n], UTF-8; `merges`, how many are wanted at most, fewer where no
    pair is left; `split`, whether to cut at white space; and `alphabet`, how many different
    characters the words have, which is the first merge's id. An answer is an array of integers
    [merges made, 2]: left and right id.
    """

    title = "Byte-pair encoding: training"
    kind = "exact"
    cost_name = "wrong merges"
    compare = "difference"
    rank_by = "time"
    size = "n"
    families: ClassVar = {
        "english": {"size": 148_000, "merges": 1000, "split": True},
        "generated": {"size": 1_000_000, "merges": 1000, "split": True},
        "line": {"size": 100_000, "merges": 1000, "split": True},
        "random": {"size": 100_000, "alphabet": 26, "merges": 1000, "split": True},
        "dna": {"size": 100_000, "merges": 500, "split": True},
        "runs": {"size": 1000, "longest": 20, "merges": 40, "split": True},
        "fibonacci": {"size": 1000, "merges": 12, "split": False},
        "scripts": {"size": 20_000, "merges": 200, "split": True},
        "file": {"path": "", "merges": 1000, "split": True},
    }
    suites: ClassVar = {
        "smoke": [
            "english[size=10000,merges=100]",
            "runs[size=300,merges=20,split=false]",
            "scripts[size=1000,merges=40]",
        ],
        "standard": [
            "english",
            "english[size=40000,merges=500,split=false]",
            "generated",
            "generated[merges=8000]",
            "line[size=30000,merges=500]",
            "random[alphabet=1000]",
            "dna",
            "scripts",
        ],
        "large": [
            "generated[size=20000000,merges=8000]",
            "generated[size=20000000,merges=32000]",
            "generated[size=100000000,merges=8000]",
            "generated[size=100000000,merges=32000]",
            "generated[size=1000000,merges=4000,split=false]",
            "dna[size=1000000,merges=4000]",
        ],
        "growth": [f"english[size={4500 << step},merges=500,split=false]" for step in range(6)],
        "growth_merges": [
            f"english[merges={m},split=false]" for m in (100, 200, 400, 800, 1600, 3200)
        ],
        "edge": [
            "english[size=1,merges=-1]",
            "english[size=60,merges=0]",
            "english[size=300,merges=-1]",
            "runs[size=13,longest=13,merges=-1]",
            "runs[size=200,longest=50,merges=12,split=false]",
            "fibonacci[size=89,merges=5]",
            "random[size=60,alphabet=1,merges=-1]",
            "random[size=50,alphabet=400,merges=30]",
            "scripts[size=60,merges=20]",
            "scripts[size=60,merges=20,split=false]",
            "line[size=80,merges=15]",
        ],
    }
    starter = """\
# data.text: uint8 array, UTF-8; data.merges: how many at most; data.split: cut at white space
# answer: an integer array [merges made, 2] of the pairs' ids (ids: characters by code point, then
# merges); this counts everything anew before each merge
from collections import Counter

text = data.text.tobytes().decode()
letters = {letter: number for number, letter in enumerate(sorted(set(text)))}
if data.split:
    letters = {l: k for k, l in enumerate(sorted({l for w in text.split() for l in w}))}
words = [[letters[l] for l in word] for word in (text.split() if data.split else [text])]
made = []
while len(made) < data.merges:
    counts = Counter(pair for word in words for pair in zip(word, word[1:]))
    if not counts:
        break
    best = min(counts, key=lambda pair: (-counts[pair], pair))
    for word in words:
        at = 0
        while at < len(word) - 1:
            if (word[at], word[at + 1]) == best:
                word[at : at + 2] = [len(letters) + len(made)]
            at += 1
    made.append(best)
yield np.array(made, np.int64).reshape(-1, 2)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        text = _families.text_of(case, rng)
        words, base = _symbols(text, case.split)
        if not words:
            raise InvalidCase(
                "the text is nothing but white space, expected a word at least; write split=false"
            )
        most = _families.most_merges(case, text)
        arrays = [np.array(word, np.int64) for word in words]
        state = _reference.Tokens(arrays, np.array(list(words.values()), np.int64))
        pairs, counts = state.train(base, most)
        _families.all_made(case, len(pairs))
        return Instance(
            data={"text": text, "merges": most, "split": case.split, "alphabet": base},
            truth={
                "merges": np.array(pairs, np.int64).reshape(-1, 2),
                "counts": np.array(counts, np.int64),
                "tokens": state.tokens,
            },
            sizes={"n": len(text), "merges": len(pairs), "distinct": sum(map(len, words))},
            optimum=0.0,
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        right, counts = instance.truth["merges"], instance.truth["counts"]
        found = _answers.pairs(answer)
        both = min(len(found), len(right))
        wrong = np.flatnonzero((found[:both] != right[:both]).any(axis=1))
        if wrong.size:
            r = int(wrong[0])
            raise InvalidAnswer(
                f"merge {r} joins {tuple(found[r].tolist())}, expected {tuple(right[r].tolist())}, "
                f"which occurs {counts[r]} times"
            )
        if len(found) != len(right):
            ended = len(right) < instance.data["merges"]
            raise InvalidAnswer(
                f"the answer has {len(found)} merges, expected {len(right)}"
                + (", after which no pair is left" if ended else "")
            )
        tokens = instance.truth["tokens"]
        text = len(instance.data["text"])
        return 0.0, {"tokens": float(tokens), "bytes_per_token": text / max(tokens, 1)}

    def normal(self, instance: Instance, answer: np.ndarray) -> np.ndarray:
        return answer.astype(np.int64)

    def exact(self, instance: Instance) -> float | None:
        data = instance.data
        if len(data["text"]) * (1 + len(instance.truth["merges"])) > _TINY:
            return None
        words, base = _symbols(data["text"], data["split"])
        pairs = _reference.by_definition(list(words.items()), base, data["merges"])
        return self.score(instance, np.array(pairs, np.int64).reshape(-1, 2))[0]

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        data, truth, sizes = instance.data, instance.truth, instance.sizes
        text = data["text"].tobytes()

        def with_text(changed: bytes, times: int = 1) -> Instance:
            more = {"counts": truth["counts"] * times, "tokens": truth["tokens"] * times}
            array = np.frombuffer(changed, np.uint8)
            return Instance(
                {
                    "text": array,
                    **{name: data[name] for name in ("merges", "split", "alphabet")},
                },
                {"merges": truth["merges"], **more},
                {**sizes, "n": len(array)},
                0.0,
            )

        # Letters of more bytes in the same order; white space stays as it is.
        yield Symmetry(
            "letters replaced by later ones",
            with_text(
                "".join(
                    letter if letter in _families.SPACES else chr(ord(letter) + 0x20000)
                    for letter in text.decode()
                ).encode()
                if data["split"]
                else "".join(chr(ord(letter) + 0x20000) for letter in text.decode()).encode()
            ),
            strict=True,
        )
        if data["split"]:
            yield Symmetry("the text twice", with_text(text + b"\n" + text, 2), strict=True)
            words = _reference.words_of(text.decode(), True)
            drawn = [word for word, count in words.items() for _ in range(count)]
            shuffled = " ".join(drawn[k] for k in rng.permutation(len(drawn)))
            yield Symmetry("words permuted", with_text(shuffled.encode()), strict=True)


def _symbols(text: np.ndarray, split: bool) -> tuple[dict[tuple[int, ...], int], int]:
    """Words as tuples of ids, with their counts; and the number of different characters."""
    words = _reference.words_of(text.tobytes().decode(), split)
    letters = {letter: k for k, letter in enumerate(sorted(set().union(*words)))}
    return {tuple(letters[c] for c in word): count for word, count in words.items()}, len(letters)
