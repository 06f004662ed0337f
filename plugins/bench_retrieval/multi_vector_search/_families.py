"""The families of cases: each makes a corpus of token sets, and queries.

A function here has the name of its family in `problem.py` and returns `Sets`, twice.
"""

from dataclasses import dataclass

import numpy as np

from bench_retrieval import _archives
from harness.api import Case, InvalidCase


@dataclass(frozen=True)
class Sets:
    """Token sets: those of set i are tokens[offsets[i]:offsets[i + 1]].

    Attributes:
        tokens: float32[t, d]. offsets: int64[n + 1].
    """

    tokens: np.ndarray
    offsets: np.ndarray

    def __len__(self) -> int:
        return len(self.offsets) - 1


_WORDS, _TOPICS, _TOPICS_OF_ONE = 5000, 600, 4
_CHUNK = 1 << 16  # tokens that are made at a time


def topics(case: Case, rng: np.random.Generator) -> tuple[Sets, Sets]:
    """Texts about four of 600 topics each; a query is some tokens of one text, seen with noise.

    Word vectors lie about those of their topic, in a space whose axes have the scales exp(-j / 20),
    turned at random. `mean` is the length of a vector that is added to all words, of length 1.
    """
    at_least(case, n=1, queries=1, dim=1, query_tokens=1, tokens=1)
    scales = np.exp(-np.arange(case.dim) / 20)
    scales /= np.linalg.norm(scales)
    turn = np.linalg.qr(rng.normal(size=(case.dim, case.dim)))[0]

    def drawn(count: int) -> np.ndarray:
        return rng.normal(size=(count, case.dim)) * scales @ turn

    topic_of = rng.integers(_TOPICS, size=_WORDS)
    words = _unit(drawn(_TOPICS)[topic_of] + 0.8 * drawn(_WORDS))
    words += case.mean * _unit(rng.normal(size=(1, case.dim)))
    by_topic = np.argsort(topic_of, kind="stable")
    count = np.bincount(topic_of, minlength=_TOPICS)
    start = np.cumsum(count) - count
    lengths = rng.integers(max(1, 2 * case.tokens // 5), 8 * case.tokens // 5 + 1, size=case.n)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    own = rng.choice(np.flatnonzero(count), size=(case.n, _TOPICS_OF_ONE))
    tokens = np.empty((offsets[-1], case.dim), np.float32)
    text_of = np.repeat(np.arange(case.n), lengths)
    for at in range(0, len(tokens), _CHUNK):
        texts = text_of[at : at + _CHUNK]
        topic = own[texts, rng.integers(_TOPICS_OF_ONE, size=len(texts))]
        word = by_topic[start[topic] + rng.integers(count[topic])]
        tokens[at : at + _CHUNK] = _unit(words[word] + case.doc_noise * drawn(len(texts)))
    corpus = Sets(tokens, offsets)
    return corpus, _seen_again(corpus, case, rng, drawn)


def isotropic(case: Case, rng: np.random.Generator) -> tuple[Sets, Sets]:
    """Random directions; `matches` of a query's tokens are noisy copies of one text's."""
    at_least(case, n=1, queries=1, dim=1, query_tokens=1, tokens=1, matches=0)
    lengths = rng.integers(max(1, case.tokens // 2), 3 * case.tokens // 2 + 1, size=case.n)
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    tokens = _unit(rng.normal(size=(offsets[-1], case.dim))).astype(np.float32)
    corpus = Sets(tokens, offsets)

    def drawn(count: int) -> np.ndarray:
        return rng.normal(size=(count, case.dim)) / np.sqrt(case.dim)

    queries = _seen_again(corpus, case, rng, drawn)
    others = np.arange(len(queries.tokens)) % case.query_tokens >= case.matches
    queries.tokens[others] = _unit(drawn(np.count_nonzero(others)))
    return corpus, queries


def digits(case: Case, rng: np.random.Generator) -> tuple[Sets, Sets]:
    """Handwritten digits as sets of patches: 4 x 4 pixels and where they are, none of them blank.

    Queries are images that are not in the corpus.
    """
    from sklearn.datasets import load_digits

    at_least(case, n=1, queries=1)
    images = load_digits().images / 16
    if case.n + case.queries > len(images):
        raise InvalidCase(
            f"n + queries is {case.n + case.queries}, expected at most {len(images)}, the number "
            "of images: choose a smaller n"
        )
    images = images[rng.permutation(len(images))]
    patches = np.lib.stride_tricks.sliding_window_view(images, (4, 4), axis=(1, 2))
    rows, columns = np.meshgrid(np.arange(5) - 2, np.arange(5) - 2, indexing="ij")
    place = np.stack([rows, columns], axis=2) * case.place
    place = np.broadcast_to(place, (len(images), 5, 5, 2))
    vectors = np.concatenate([patches.reshape(len(images), 5, 5, 16), place], axis=3)
    inked = patches.sum(axis=(3, 4)) > 1

    def some(which: slice) -> Sets:
        kept = inked[which].reshape(-1, 25)
        offsets = np.concatenate([[0], np.cumsum(kept.sum(axis=1))])
        return Sets(_unit(vectors[which].reshape(-1, 18)[kept.ravel()]), offsets)

    return some(slice(0, case.n)), some(slice(case.n, case.n + case.queries))


def grid(case: Case, rng: np.random.Generator) -> tuple[Sets, Sets]:
    """Tokens with entries -1, 0 and 1: equal tokens, equal texts, and few of length 1."""
    at_least(case, n=1, queries=1, dim=1, query_tokens=1, tokens=1)

    def some(count: int, tokens: int) -> Sets:
        lengths = rng.integers(1, tokens + 1, size=count)
        offsets = np.concatenate([[0], np.cumsum(lengths)])
        return Sets(rng.integers(-1, 2, size=(offsets[-1], case.dim)), offsets)

    return some(case.n, case.tokens), some(case.queries, case.query_tokens)


def file(case: Case, rng: np.random.Generator) -> tuple[Sets, Sets]:
    """The user's own sets: a .npz file with tokens, offsets, queries and query_offsets."""
    names = ("tokens", "offsets", "queries", "query_offsets")
    tokens, offsets, queries, query_offsets = _archives.read(case.path, names, "token sets")
    return Sets(tokens, offsets), Sets(queries, query_offsets)


def at_least(case: Case, **least: int) -> None:
    """Refuse parameters that are too small.

    Raises:
        InvalidCase: which one, and what was expected.
    """
    for name, lowest in least.items():
        if case.parameters[name] < lowest:
            raise InvalidCase(
                f"{name} is {case.parameters[name]}, expected at least {lowest}: "
                f"choose a larger {name}"
            )


def _unit(vectors):
    """Rows divided by their lengths; one of length 0 becomes the first axis."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors = np.where(lengths > 0, vectors, np.eye(1, vectors.shape[1]))
    return vectors / np.where(lengths > 0, lengths, 1)


def _seen_again(corpus, case, rng, drawn):
    """Queries of `query_tokens` tokens of one text each, with noise."""
    found = []
    for text in rng.integers(len(corpus), size=case.queries):
        own = corpus.tokens[corpus.offsets[text] : corpus.offsets[text + 1]]
        few = len(own) < case.query_tokens
        picked = rng.choice(len(own), case.query_tokens, replace=few)
        found.append(_unit(own[picked] + case.query_noise * drawn(case.query_tokens)))
    offsets = case.query_tokens * np.arange(case.queries + 1)
    return Sets(np.concatenate(found).astype(np.float32), offsets)
