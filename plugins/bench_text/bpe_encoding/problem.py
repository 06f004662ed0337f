"""Byte-pair encoding of a text: its tokens, given the merges.

A piece is a word together with the white space before it (all that Unicode calls White_Space);
white space at the end is a piece of its own. So nothing is lost, and no token crosses the border of
a piece. At first the tokens of a piece are its bytes, 0..255. Then merge 0 is applied to it, from
left to right, then merge 1, and so on; merge r makes token 256 + r.

The lowest merge that applies, again and again, gives the same, as a token is made before it is
merged. The merges of the cases are the greedy merges of a text of `train` bytes of the same kind
(`merges=-1` takes all that it gives). Of such merges a package that joins neighbours by their
bytes, whatever pair they are, gives the same tokens too: on its own, the string of a token always
comes out as that token, because no token ever reached over its borders where it was made; so no
other pair with the same bytes ever stands side by side when its turn comes.

An answer is right or wrong; the contest is time. To make a case of 100 MB takes about 1.7 GB of
memory and ten seconds of a processor.
"""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from bench_text._corpus import english
from bench_text.bpe_encoding import _truth
from bench_text.bpe_training import _families
from bench_text.bpe_training._answers import integers
from bench_text.bpe_training._reference import pieces_of
from harness.api import Case, Instance, InvalidAnswer, InvalidCase, Problem, Symmetry

_TINY = 20_000  # bytes times merges that the definition itself is run on
_SMALL = 100_000  # bytes of a text whose pieces are permuted


class BPEEncoding(Problem):
    """Find the tokens of a text.

    `data` holds `text`, uint8[n], UTF-8; and `merges`, int32[m, 2]: merge r joins two ids below
    256 + r to the id 256 + r. An answer is an array of integers, the tokens in order.
    """

    title = "Byte-pair encoding: tokens of a text"
    kind = "exact"
    cost_name = "wrong tokens"
    compare = "difference"
    rank_by = "time"
    size = "n"
    families: ClassVar = {
        "english": {"size": 148_000, "merges": 1000, "train": 148_000},
        "generated": {"size": 1_000_000, "merges": 4000, "train": 1_000_000},
        "line": {"size": 100_000, "merges": 2000, "train": 500_000},
        "random": {"size": 100_000, "alphabet": 26, "merges": 1000, "train": 100_000},
        "dna": {"size": 100_000, "merges": 500, "train": 100_000},
        "runs": {"size": 10_000, "longest": 20, "merges": 50, "train": 1000},
        "fibonacci": {"size": 10_000, "merges": 12, "train": 1000},
        "scripts": {"size": 20_000, "merges": 400, "train": 20_000},
        "file": {"path": "", "merges": 1000, "train": 1_000_000},
    }
    suites: ClassVar = {
        "smoke": [
            "english[size=10000,merges=200,train=20000]",
            "line[size=2000,merges=300,train=20000]",
            "scripts[size=1000,merges=60,train=2000]",
        ],
        "standard": [
            "english",
            "generated",
            "generated[merges=16000,train=3000000]",
            "line",
            "random[alphabet=1000]",
            "dna",
            "runs",
            "scripts",
        ],
        "large": [
            "generated[size=20000000,merges=8000]",
            "generated[size=100000000,merges=8000]",
            "line[size=1000000]",
            "fibonacci[size=1000000]",
        ],
        "growth": [f"generated[size={31_250 << step}]" for step in range(6)],
        "growth_line": [f"line[size={6250 << step}]" for step in range(6)],
        "edge": [
            "english[size=1,merges=1]",
            "english[size=40,merges=0]",
            "english[size=300,merges=60,train=300]",
            "english[size=300,merges=-1,train=300]",
            "runs[size=40,longest=40,merges=8]",
            "fibonacci[size=144,merges=9]",
            "random[size=50,alphabet=400,merges=30]",
            "random[size=30,alphabet=1,merges=3]",
            "scripts[size=80,merges=20]",
            "line[size=200,merges=90,train=3000]",
        ],
    }
    starter = """\
# data.text: uint8 array, UTF-8; data.merges: int32[m, 2]
# answer: an integer array, the tokens; this applies every merge to every piece
import re

tokens = []
for piece in re.findall(r"\\s*\\S+|\\s+", data.text.tobytes().decode()):
    word = list(piece.encode())
    for r, (left, right) in enumerate(data.merges.tolist()):
        at = 0
        while at < len(word) - 1:
            if word[at] == left and word[at + 1] == right:
                word[at : at + 2] = [256 + r]
            at += 1
    tokens += word
yield np.array(tokens, np.int64)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        training = _training_text(case, rng)
        merges = _truth.trained(training, _families.most_merges(case, training))
        _families.all_made(case, len(merges), "training text")
        text = _families.text_of(case, rng)
        tokens, _ = _truth.encoded(text, merges)
        return Instance(
            data={"text": text, "merges": merges},
            truth={"tokens": tokens},
            sizes={"n": len(text), "merges": len(merges), "tokens": len(tokens)},
            optimum=0.0,
        )

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        right = instance.truth["tokens"]
        found = integers(answer, ", the tokens")
        if found.ndim != 1:
            raise InvalidAnswer(f"the answer has {found.ndim} dimensions, expected 1")
        both = min(len(found), len(right))
        wrong = np.flatnonzero(found[:both] != right[:both])
        if wrong.size:
            at = int(wrong[0])
            raise InvalidAnswer(
                f"token {at} is {found[at]}, expected {right[at]}; all before it are right"
            )
        if len(found) != len(right):
            raise InvalidAnswer(f"the answer has {len(found)} tokens, expected {len(right)}")
        bytes_per_token = len(instance.data["text"]) / max(len(right), 1)
        return 0.0, {"tokens": float(len(right)), "bytes_per_token": bytes_per_token}

    def normal(self, instance: Instance, answer: np.ndarray) -> np.ndarray:
        return answer.astype(np.int64)

    def exact(self, instance: Instance) -> float | None:
        text, merges = instance.data["text"], instance.data["merges"]
        if len(text) * (1 + len(merges)) > _TINY:
            return None
        tokens = np.array(_truth.by_definition(text, merges.tolist()), np.int64)
        return self.score(instance, tokens)[0]

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        text, merges = instance.data["text"], instance.data["merges"]
        if len(text) > _SMALL:
            return
        pieces = pieces_of(text.tobytes().decode())
        if len(pieces) < 3:
            return
        # The first may lack its white space, the last may be nothing else.
        order = np.concatenate(([0], 1 + rng.permutation(len(pieces) - 2), [len(pieces) - 1]))
        tokens, counts = _truth.encoded(text, merges)
        ends = np.cumsum(counts)
        places = [np.arange(end - count, end) for end, count in zip(ends, counts, strict=True)]
        source = np.concatenate([places[k] for k in order])
        turned = "".join(pieces[k] for k in order).encode()

        def back(answer: np.ndarray) -> np.ndarray:
            out = np.empty_like(answer)
            out[source] = answer
            return out

        yield Symmetry(
            "pieces permuted",
            Instance(
                {"text": np.frombuffer(turned, np.uint8), "merges": merges},
                {"tokens": tokens[source]},
                instance.sizes,
                0.0,
            ),
            back=back,
            strict=True,
        )


def _training_text(case: Case, rng: np.random.Generator) -> np.ndarray:
    """The text whose greedy merges are given: of the same kind, but for `line` with white space.

    Raises:
        InvalidCase: where it cannot be made.
    """
    if case.train < 1:
        raise InvalidCase(f"train is {case.train}, expected 1 byte or more; choose a larger one")
    if case.family == "file":
        text = _families.text_of(case, rng)[: case.train].tobytes()
        return np.frombuffer(text.decode(errors="ignore").encode(), np.uint8)
    if case.family == "english" and case.train > len(english()):
        raise InvalidCase(
            f"train is {case.train}, but the English text has {len(english())} bytes; "
            "take the family generated for more"
        )
    family = "generated" if case.family == "line" else case.family
    return _families.text_of(Case(family, {**case.parameters, "size": case.train}), rng)
