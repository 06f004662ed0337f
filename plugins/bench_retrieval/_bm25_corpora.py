"""The families of cases: each turns a case into a corpus and queries.

A function here has the name of its family on the boards. A corpus is a list of tokens, document
after document, where they begin, and the number of terms; a token is the number of its term. In
queries -1 stands for a word that the vocabulary lacks.
"""

import re
from collections.abc import Callable, Iterator
from itertools import combinations, islice
from pathlib import Path
from typing import Any

import numpy as np

from bench_retrieval import _words
from bench_retrieval._bm25_checks import MOST, at_least, at_most, shares
from harness.api import Case, Instance, InvalidCase, Symmetry

UNKNOWN = -1
_FEWEST_WORDS = 5  # of a paragraph; a shorter one is a heading or a line of code

Made = tuple[dict[str, Any], list[np.ndarray]]


def zipf(case: Case, rng: np.random.Generator) -> Made:
    """Words drawn alone, the i-th most frequent as i ** -exponent; queries are words of a document.

    Lengths have a negative binomial law of shape 4, so that their deviation is about half the mean.
    """
    at_least(case, n=1, terms=1, length=0, exponent=0, queries=1, words=0)
    at_most(case, n=MOST, terms=MOST)
    shares(case, "empty", "unknown")
    lengths = rng.negative_binomial(4, 4 / (4 + case.length), case.n)
    lengths[rng.random(case.n) < case.empty] = 0
    law = np.arange(1, case.terms + 1) ** -float(case.exponent)
    # The frequencies first, then the order: the same law, and no search for each token.
    counts = rng.multinomial(int(lengths.sum()), law / law.sum())
    names = rng.permutation(case.terms).astype(np.int32)
    tokens = np.repeat(names, counts)
    rng.shuffle(tokens)
    corpus = corpus_of(tokens, lengths, case.terms)
    return corpus, _drawn(corpus, case, rng)


def english(case: Case, rng: np.random.Generator) -> Made:
    """Paragraphs of the language reference that Python has for `help()`; queries are phrases.

    So a paragraph shares rare words with those of its topic. Which Python it is changes the text.
    """
    return _paragraphs(_words.english(), case, rng)


def limit(case: Case, rng: np.random.Generator) -> Made:
    """People and what they like: "who likes X" is true of two of them, of all pairs of a few.

    As in the LIMIT data set, on which vectors of few dimensions fail: the queries alone tell which
    of the few belong together. All documents have the word "likes" and as many attributes.
    """
    at_least(case, n=2, likes=1, queries=1)
    at_most(case, n=MOST)
    few = 2
    while few * (few - 1) // 2 < case.queries:
        few += 1
    if few > case.n or few - 1 > case.likes:
        raise InvalidCase(
            f"{case.queries} queries need {few} people who like {few - 1} things, but n is "
            f"{case.n} and likes is {case.likes}: ask fewer queries, or raise both"
        )
    pairs = np.array(list(islice(combinations(range(few), 2), case.queries)), int).reshape(-1, 2)
    others = max(2 * case.likes, 100)  # attributes that nobody asks for
    word, asked, first = 0, 1, 1 + len(pairs)
    n_terms = first + others + case.n  # the last are the names
    people = rng.permutation(case.n)  # who is one of the few
    documents = []
    for person in range(case.n):
        liked = asked + np.flatnonzero((pairs == person).any(axis=1))
        rest = first + rng.choice(others, case.likes - len(liked), replace=False)
        attributes = rng.permutation(np.concatenate([liked, rest]))
        documents.append(np.concatenate([[first + others + person, word], attributes]))
    tokens = np.concatenate([documents[person] for person in people])
    corpus = corpus_of(tokens, np.full(case.n, case.likes + 2), n_terms)
    return corpus, [np.array([UNKNOWN, word, asked + i], np.int32) for i in range(len(pairs))]


def toy(case: Case, rng: np.random.Generator) -> Made:
    """Five documents of the letters a to g and an empty one; queries of all odd kinds."""
    texts = ["abca", "bcd", "aaadef", "fg", "bbbbb"]
    if case.empty:
        texts.append("")
    corpus = corpus_of(
        np.frombuffer("".join(texts).encode(), np.uint8) - ord("a"), map(len, texts), 8
    )
    queries = ["abg", "", "?", "aab", "g", "h", "abcdefg", "?a?h"]  # no document has h
    unknown = ord("?") - ord("a")
    numbers = [np.frombuffer(q.encode(), np.uint8).astype(np.int32) - ord("a") for q in queries]
    return corpus, [np.where(q == unknown, UNKNOWN, q).astype(np.int32) for q in numbers]


def file(case: Case, rng: np.random.Generator) -> Made:
    """The paragraphs of the user's own text, UTF-8, with empty lines between them."""
    if not case.path:
        raise InvalidCase("the family 'file' needs a text: write file[path=my.txt,k=10]")
    path = Path(case.path).expanduser()
    try:
        text = path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidCase(
            f"{case.path} is not UTF-8 (byte {error.start}); convert it, with iconv say"
        ) from None
    except OSError as error:
        raise InvalidCase(
            f"{case.path} cannot be read ({error.strerror}, looked for {path.absolute()}); give "
            "the path of a text"
        ) from None
    return _paragraphs(text, case, rng)


def _paragraphs(text: str, case: Case, rng: np.random.Generator) -> Made:
    """Different paragraphs as documents, and phrases from them as queries."""
    at_least(case, n=0, queries=1, words=0)
    shares(case, "unknown")
    found = (re.findall(r"[^\W\d_]+", part.lower()) for part in re.split(r"\n\s*\n", text))
    paragraphs = list(dict.fromkeys(tuple(p) for p in found if len(p) >= _FEWEST_WORDS))
    if case.n > len(paragraphs):
        raise InvalidCase(
            f"n is {case.n}, but the text has {len(paragraphs)} different paragraphs of at least "
            f"{_FEWEST_WORDS} words: choose a smaller n, or 0 for all"
        )
    if case.n:
        chosen = np.sort(rng.choice(len(paragraphs), case.n, replace=False))
        paragraphs = [paragraphs[i] for i in chosen]
    words = sorted({word for paragraph in paragraphs for word in paragraph})
    number = {word: i for i, word in enumerate(words)}
    tokens = np.array([number[word] for paragraph in paragraphs for word in paragraph], np.int32)
    corpus = corpus_of(tokens, [len(paragraph) for paragraph in paragraphs], len(words))
    return corpus, _drawn(corpus, case, rng, phrases=True)


def corpus_of(tokens: np.ndarray, lengths: Any, n_terms: int) -> dict[str, Any]:
    """A corpus of documents of these lengths, whose tokens come one after the other."""
    offsets = np.concatenate([[0], np.cumsum(np.fromiter(lengths, np.int64))]).astype(np.int64)
    return {"tokens": tokens.astype(np.int32, copy=False), "offsets": offsets, "n_terms": n_terms}


def packed(queries: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Queries as plain arrays: query i has tokens[offsets[i] : offsets[i + 1]]."""
    offsets = np.concatenate([[0], np.cumsum([len(query) for query in queries])])
    tokens = np.concatenate([*queries, np.zeros(0, np.int32)])
    return {"tokens": tokens.astype(np.int32), "offsets": offsets.astype(np.int64)}


def unpacked(queries: Any) -> list[np.ndarray]:
    """The queries again."""
    tokens, offsets = queries["tokens"], queries["offsets"]
    return [tokens[offsets[i] : offsets[i + 1]] for i in range(len(offsets) - 1)]


def symmetries_of(
    instance: Instance,
    rng: np.random.Generator,
    remade: Callable[[dict[str, Any], list[np.ndarray]], Instance],
) -> Iterator[Symmetry]:
    """What turns an instance, remade from another corpus and other queries, into one as dear."""
    queries = unpacked(instance.data["queries"])
    for done, corpus, asked, order in _turned(instance.data["corpus"], queries, rng):
        yield Symmetry(
            done,
            remade(corpus, asked),
            back=lambda answer, order=order: [
                (order[np.asarray(found)], scores) for found, scores in answer
            ],
        )


def _turned(
    corpus: Any, queries: list[np.ndarray], rng: np.random.Generator
) -> Iterator[tuple[str, dict[str, Any], list[np.ndarray], np.ndarray]]:
    """Other corpora and queries with the same scores: what was done, the corpus, the queries, and
    which document was put at each place.
    """
    tokens, offsets = np.asarray(corpus["tokens"]), np.asarray(corpus["offsets"])
    lengths, n_terms = np.diff(offsets), corpus["n_terms"]
    same = np.arange(len(lengths))

    order = rng.permutation(len(lengths))
    parts = [tokens[offsets[d] : offsets[d + 1]] for d in order]
    permuted = corpus_of(np.concatenate(parts), lengths[order], n_terms)
    yield "documents permuted", permuted, queries, order

    # Some of the new numbers belong to no word.
    names = rng.permutation(2 * n_terms)[:n_terms].astype(np.int32)
    renamed = corpus_of(names[tokens], lengths, 2 * n_terms)
    asked = [np.where(q >= 0, names[q], q).astype(np.int32) for q in queries]
    yield "words numbered anew", renamed, asked, same

    longer = [np.append(q[::-1], UNKNOWN).astype(np.int32) for q in queries]
    done = "queries reversed, and a word added that nobody knows"
    yield done, corpus_of(tokens, lengths, n_terms), longer, same


def _drawn(
    corpus: dict[str, Any], case: Case, rng: np.random.Generator, phrases: bool = False
) -> list[np.ndarray]:
    """Queries of so many words of a random document, or of all that it has."""
    offsets, tokens = corpus["offsets"], corpus["tokens"]
    filled = np.flatnonzero(np.diff(offsets))
    queries = []
    for _ in range(case.queries):
        query = np.full(case.words, UNKNOWN, np.int32)
        if len(filled):
            document = filled[rng.integers(len(filled))]
            words = tokens[offsets[document] : offsets[document + 1]]
            count = min(case.words, len(words))
            if phrases:
                first = rng.integers(len(words) - count + 1)
                query = words[first : first + count].copy()
            else:
                query = rng.choice(words, count, replace=False)
        query[rng.random(len(query)) < case.unknown] = UNKNOWN
        queries.append(query)
    return queries
