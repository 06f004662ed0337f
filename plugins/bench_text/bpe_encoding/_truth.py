"""Tokens of a text by methods that share nothing with the kernels."""

from collections.abc import Sequence

import numpy as np

from bench_text.bpe_training._reference import Tokens, applied, pieces_of


def trained(text: np.ndarray, merges: int) -> np.ndarray:
    """The greedy merges of the bytes of a text's pieces, int32[at most merges, 2]."""
    words, _, weight = _pieces(text)
    pairs, _ = Tokens(words, weight).train(256, merges)
    return np.array(pairs, np.int32).reshape(-1, 2)


def encoded(text: np.ndarray, merges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """One merge after the other, applied to all different pieces at once.

    Returns:
        the tokens, int32; and how many each piece of the text has.
    """
    words, number, weight = _pieces(text)
    state = Tokens(words, weight)
    for r, (left, right) in enumerate(merges.tolist()):
        if (left, right) in state.where:
            state.merge((left, right), 256 + r)
    word = np.cumsum(state.symbol == -1) - 1
    alive = np.flatnonzero(state.symbol >= 0)
    tokens = state.symbol[alive].astype(np.int32)
    counts = np.bincount(word[alive], minlength=len(words))
    starts, counted = (np.cumsum(counts) - counts)[number], counts[number]
    ends = np.cumsum(counted)
    at = np.arange(ends[-1]) + np.repeat(starts - (ends - counted), counted)
    return tokens[at], counted


def by_definition(text: np.ndarray, merges: Sequence[Sequence[int]]) -> list[int]:
    """All merges in turn, applied to each piece from left to right."""
    tokens: list[int] = []
    for piece in pieces_of(text.tobytes().decode()):
        word = list(piece.encode())
        for r, pair in enumerate(merges):
            word = applied(word, (pair[0], pair[1]), 256 + r)
        tokens += word
    return tokens


def _pieces(text: np.ndarray) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
    """The bytes of the different pieces, which one each piece is, and how often each is there."""
    known: dict[str, int] = {}
    pieces = pieces_of(text.tobytes().decode())
    number = np.array([known.setdefault(piece, len(known)) for piece in pieces], np.int64)
    words = [np.frombuffer(piece.encode(), np.uint8).astype(np.int64) for piece in known]
    return words, number, np.bincount(number)
