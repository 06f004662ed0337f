"""OpenAI's package tiktoken, in Rust, on one thread, with our merges as its ranks.

It cuts pieces by a regular expression, looks a whole piece up among the tokens, and else joins the
neighbours whose bytes are the token of the lowest rank. `encode_ordinary` looks for no special
tokens: it and turning its list into an array take 0.6 of the time of `encode_to_numpy`. Decoding
the text to a string is on the clock, about a hundredth of the time.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.bpe_encoding._strings import strings_of
from harness.api import Solver


@dataclass(frozen=True)
class PeerTiktoken(Solver):
    """tiktoken.Encoding.encode_ordinary."""

    problem = "bpe_encoding"
    role = "peer"
    requires = ("tiktoken",)
    growth: ClassVar = {"time": {"n": 1}, "memory": {"n": 1}}

    def solve(self, data, rng):
        import tiktoken

        encoding = tiktoken.Encoding(
            "ours",
            pat_str=r"\s*\S+|\s+",
            mergeable_ranks={string: k for k, string in enumerate(strings_of(data.merges))},
            special_tokens={},
        )
        yield np.array(encoding.encode_ordinary(data.text.tobytes().decode()), np.int32)
