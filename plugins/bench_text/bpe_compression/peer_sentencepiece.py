"""Google's package sentencepiece, in C++, on one thread: byte-pair encoding by its own rules.

It counts and breaks ties in its own way, so that its merges may be others. Letters are handed over
as signs of one script, so that it neither normalises nor cuts anything, every word as often as it
counts. It tells the new pieces in their order; each is turned into the merge of the two tokens that
the merges before it make of the piece, and left out where these are not two. Handing over and
reading back are on the clock; the board ranks by tokens left.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_text.bpe_training._reference import applied
from harness.api import Solver

_FIRST = 0x4E00  # a script of 20,000 letters
_MOST = 4192 * 4  # letters of a word, and kinds of letters, that are handed over


@dataclass(frozen=True)
class PeerSentencePiece(Solver):
    """sentencepiece.SentencePieceTrainer, model_type=bpe."""

    problem = "bpe_compression"
    role = "peer"
    requires = ("sentencepiece",)
    growth: ClassVar = {"memory": {"n": 1}}

    def solve(self, data, rng):
        import io

        import sentencepiece

        if data.alphabet > _MOST:
            raise ValueError(
                f"the text has {data.alphabet} kinds of letters, expected at most {_MOST}, as the "
                "package gets them as letters of one script; take a text of fewer"
            )
        if data.merges == 0:
            yield np.zeros((0, 2), np.int64)
            return
        borders = np.flatnonzero(data.symbols < 0)
        letters = [chr(_FIRST + k) for k in range(data.alphabet)]
        words = [
            "".join(letters[k] for k in data.symbols[a + 1 : b])
            for a, b in pairwise(borders.tolist())
        ]
        counts = data.weight.tolist()
        sentences = (w for w, count in zip(words, counts, strict=True) for _ in range(count))
        model = io.BytesIO()
        sentencepiece.SentencePieceTrainer.train(
            sentence_iterator=sentences,
            model_writer=model,
            model_type="bpe",
            vocab_size=data.alphabet + min(data.merges, len(data.symbols)) + 1,
            hard_vocab_limit=False,
            character_coverage=1.0,
            normalization_rule_name="identity",
            add_dummy_prefix=False,
            split_by_unicode_script=False,
            split_by_number=False,
            max_sentencepiece_length=512,
            max_sentence_length=4 * max(map(len, words)) + 16,
            bos_id=-1,
            eos_id=-1,
            num_threads=1,
            minloglevel=2,
        )
        found = sentencepiece.SentencePieceProcessor(model_proto=model.getvalue())
        pieces = (
            [ord(letter) - _FIRST for letter in found.id_to_piece(k)]
            for k in range(found.get_piece_size())
            if not found.is_unknown(k)
        )
        ranks = {}
        for piece in pieces:
            if len(ranks) < data.merges and len(word := _tokens(piece, ranks, data.alphabet)) == 2:
                ranks[tuple(word)] = len(ranks)
        yield np.array(list(ranks), np.int64).reshape(-1, 2)


def _tokens(word, ranks, alphabet):
    """What the merges so far make of a word: the lowest first, which is the same as in turn."""
    while len(word) > 1:
        best = min(pairwise(word), key=lambda pair: ranks.get(pair, len(ranks)))
        if best not in ranks:
            break
        word = applied(word, best, alphabet + ranks[best])
    return word
