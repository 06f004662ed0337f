"""OpenAI's package tiktoken, in Rust, on one thread, with our merges as its ranks.

It cuts pieces by a regular expression, looks a whole piece up among the tokens, and else joins the
neighbours whose bytes are the token of the lowest rank. Its fastest way out is an array.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from bench_text.bpe_encoding._strings import strings_of
from harness.api import Solver


@dataclass(frozen=True)
class PeerTiktoken(Solver):
    """tiktoken.Encoding.encode_to_numpy."""

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
        text = data.text.tobytes().decode()
        yield encoding.encode_to_numpy(text, disallowed_special=()).astype(np.int32)
