"""Hugging Face's package tokenizers, in Rust, on one thread, with our merges.

Its byte-level form writes each byte as a letter; pieces are cut by a regular expression of the same
white space. It keeps a cache of pieces, and makes no offsets in its fast batch call. It gets the
text in parts of about 10,000 characters that end where a piece ends, which takes it 0.7 of the time
of one huge text.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_text.bpe_encoding._strings import strings_of
from bench_text.bpe_training._families import SPACES
from harness.api import Solver

_PART = 10_000  # characters


@dataclass(frozen=True)
class PeerTokenizers(Solver):
    """tokenizers.models.BPE."""

    problem = "bpe_encoding"
    role = "peer"
    requires = ("tokenizers",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        import os

        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        from tokenizers import Regex, Tokenizer, models, pre_tokenizers

        letters = _letters()
        strings = ["".join(letters[byte] for byte in s) for s in strings_of(data.merges)]
        model = models.BPE(
            vocab={string: k for k, string in enumerate(strings)},
            merges=[(strings[left], strings[right]) for left, right in data.merges.tolist()],
        )
        tokenizer = Tokenizer(model)
        pattern = Regex(f"[{SPACES}]*[^{SPACES}]+|[{SPACES}]+")
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Split(pattern, "isolated"),
                pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
            ]
        )
        found = tokenizer.encode_batch_fast(_parts(data.text.tobytes().decode()))
        yield np.concatenate([np.array(part.ids, np.int32) for part in found])


def _parts(text):
    """Stretches of a text that end where a piece ends; no less than one."""
    import re

    border = re.compile(f"(?<=[^{SPACES}])(?=[{SPACES}])")
    ends = [0]
    while found := border.search(text, ends[-1] + _PART):
        ends.append(found.start())
    return [text[a:b] for a, b in pairwise([*ends, len(text)])]


def _letters():
    """The letter that stands for each byte in the package: itself where it can be seen."""
    seen = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    letters = {byte: chr(byte) for byte in seen}
    for byte in range(256):
        letters.setdefault(byte, chr(256 + len(letters) - len(seen)))
    return letters
