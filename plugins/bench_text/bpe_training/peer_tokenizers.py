"""The trainer of Hugging Face's package tokenizers, in Rust, on one thread.

Words are cut by its WhitespaceSplit, which knows the same white space; it gets such a text by
lines, as files are read, which takes it two thirds of the time of one huge text. A text that is not
cut goes in as it is. It keeps, for each pair, the words that have it, and goes through such a word
again at every merge: fast where words are short, quadratic on one huge word. Its merges are read
back from its own JSON.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from harness.api import Solver


@dataclass(frozen=True)
class PeerTokenizers(Solver):
    """tokenizers.trainers.BpeTrainer."""

    problem = "bpe_training"
    role = "peer"
    requires = ("tokenizers",)
    growth: ClassVar = {"memory": {"n": 1}}

    def solve(self, data, rng):
        import json
        import os

        os.environ["TOKENIZERS_PARALLELISM"] = "false"
        from tokenizers import Tokenizer, models, pre_tokenizers, trainers

        tokenizer = Tokenizer(models.BPE())
        if data.split:
            tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
        # Its alphabet is what it finds in words; merges are made until the vocabulary is full.
        trainer = trainers.BpeTrainer(
            vocab_size=data.alphabet + data.merges, min_frequency=0, show_progress=False
        )
        text = data.text.tobytes().decode()
        tokenizer.train_from_iterator(text.split("\n") if data.split else [text], trainer)
        model = json.loads(tokenizer.to_str())["model"]
        vocabulary = model["vocab"]
        pairs = [(vocabulary[left], vocabulary[right]) for left, right in model["merges"]]
        yield np.array(pairs, np.int64).reshape(-1, 2)
