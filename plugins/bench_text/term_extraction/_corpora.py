"""Corpora with planted terms: what is a term is known, as it was put there.

A corpus is made of units. A unit is a term, a candidate that is none, or a word that belongs to
nothing. Every document has topics of its own, and its terms are drawn from these; whatever is no
term is drawn alike for all documents. What makes words of one topic alike is only that they stand
near each other.

Where the text is real, the units that are no terms are its own words in their order, and the
candidates that are no terms its most frequent phrases.
"""

import re
from collections import Counter
from dataclasses import dataclass

import numpy as np

from bench_text._corpus import english
from harness.api import Case, InvalidCase

LONGEST = 3  # words of a planted candidate

_LENGTHS = (0.3, 0.45, 0.25)  # shares of candidates of one, two and three words
_SPARSE = 0.1  # of the Dirichlet law of a document's topics: few topics each
_FLAT = 10.0  # law 1 / (rank + this): no single word or candidate makes the corpus
_PLAIN = 0.75  # share of units other than terms that are single words
_TRIES = 50  # draws for each candidate that is wanted
_SHORTEST = 3  # letters of a word of a candidate, as in the paper on SemRe-Rank


@dataclass(frozen=True)
class Corpus:
    """A corpus before its words are numbered at random.

    Attributes:
        words: int64[n], all documents one after the other.
        documents: int64[documents + 1], where each begins, and the end.
        vocabulary: how many words there may be.
        terms, others: the planted terms and the other candidates, as tuples of words.
    """

    words: np.ndarray
    documents: np.ndarray
    vocabulary: int
    terms: list[tuple[int, ...]]
    others: list[tuple[int, ...]]


def planted(case: Case, rng: np.random.Generator) -> Corpus:
    """Drawn from laws alone: words 0 .. background - 1 are general, those above of the domain."""
    vocabulary = case.background + case.domain
    topics = _topics(case, rng, case.background)
    common = _zipf(case.background)

    def general(length: int) -> tuple[int, ...]:
        return tuple(rng.integers(case.background, size=length).tolist())

    def term(k: int, length: int) -> tuple[int, ...]:
        if rng.random() < case.general:
            return general(length)
        return _of_topic(topics[k % case.topics], length, rng)

    def other(k: int, length: int) -> tuple[int, ...]:
        words = list(general(length))
        if length > 1 and rng.random() < case.mixed:
            words[rng.integers(length)] = case.background + int(rng.integers(case.domain))
        return tuple(words)

    terms = _different(case.terms, term, set(), rng, "terms", "more words in `domain`")
    others = _different(
        case.candidates, other, set(terms), rng, "candidates", "more words in `background`"
    )
    singles = [(word,) for word in range(case.background)]
    pool = terms + others + singles
    per_document = case.length  # units, as each has a word at least
    kinds = rng.random((case.documents, per_document))
    units = _terms_by_topic(case, rng, kinds.shape)
    is_other = kinds >= case.share
    is_single = is_other & (rng.random(kinds.shape) < _PLAIN)
    count = np.count_nonzero(is_other)
    units[is_other] = len(terms) + _drawn(_zipf(len(others)), count, rng)
    count = np.count_nonzero(is_single)
    units[is_single] = len(terms) + len(others) + _drawn(common, count, rng)
    words, documents = _joined(pool, units, case.length)
    return Corpus(words, documents, vocabulary, terms, others)


def real(case: Case, rng: np.random.Generator) -> Corpus:
    """English prose in which terms of invented words stand between the words."""
    text = re.findall(r"[a-z]+", english().decode().lower())
    names, tokens = np.unique(text, return_inverse=True)
    general = len(names)
    topics = _topics(case, rng, general)
    terms = _different(
        case.terms,
        lambda k, length: _of_topic(topics[k % case.topics], length, rng),
        set(),
        rng,
        "terms",
        "more words in `domain`",
    )
    others = _phrases(tokens, names.tolist(), case.candidates)
    pool = terms + [(word,) for word in range(general)]
    lines = len(tokens) // case.length
    if not lines:
        raise InvalidCase(
            f"length is {case.length}, but the English text has {len(tokens)} words: choose "
            "shorter documents"
        )
    prose = tokens[: lines * case.length].reshape(lines, case.length)
    is_term = rng.random(prose.shape) < case.share
    units = np.where(is_term, _terms_by_topic(case, rng, prose.shape), -1)
    # A term, where there is one, stands before a word; all words of the prose are kept.
    both = np.stack([units, len(terms) + prose], axis=2).reshape(lines, 2 * case.length)
    words, documents = _joined(pool, both, None)
    return Corpus(words, documents, general + case.domain, terms, others)


def _topics(case: Case, rng: np.random.Generator, first: int) -> list[np.ndarray]:
    """The words of the domain, first .. first + domain - 1, dealt out to the topics."""
    return np.array_split(first + rng.permutation(case.domain), case.topics)


def _of_topic(words: np.ndarray, length: int, rng: np.random.Generator) -> tuple[int, ...]:
    return tuple(rng.choice(words, min(length, len(words)), replace=False).tolist())


def _different(count, make, taken, rng, what, advice) -> list[tuple[int, ...]]:
    """`count` different tuples of words that `make(number, length)` draws, none of them taken."""
    found: list[tuple[int, ...]] = []
    seen = set(taken)
    lengths = 1 + rng.choice(LONGEST, _TRIES * max(1, count), p=_LENGTHS)
    for length in lengths.tolist():
        if len(found) == count:
            return found
        words = make(len(found), length)
        if words not in seen:
            seen.add(words)
            found.append(words)
    if len(found) == count:
        return found
    raise InvalidCase(
        f"only {len(found)} of {count} different {what} could be drawn; ask for fewer, or for "
        + advice
    )


def _phrases(tokens: np.ndarray, spelled: list[str], count: int) -> list[tuple[int, ...]]:
    """Frequent phrases without a stop word: as many of each length as there are among terms.

    The most frequent of a length, of equal ones those that come first.
    """
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    stop = {
        number
        for number, word in enumerate(spelled)
        if word in ENGLISH_STOP_WORDS or len(word) < _SHORTEST
    }
    listed = tokens.tolist()
    found: list[tuple[int, ...]] = []
    for length, share in enumerate(_LENGTHS, 1):
        windows = zip(*(listed[skip:] for skip in range(length)), strict=False)
        counts = Counter(window for window in windows if stop.isdisjoint(window))
        found += [phrase for phrase, _ in counts.most_common(max(1, round(share * count)))]
    return found[:count]


def _terms_by_topic(case: Case, rng: np.random.Generator, shape: tuple[int, int]) -> np.ndarray:
    """A term for each unit, int64[documents, units], by the topics of its document.

    Terms k, k + topics, k + 2 topics, ... belong to topic k; where a topic has none, as there are
    fewer terms than topics, the next one's is taken.
    """
    lines = shape[0]
    shares = rng.dirichlet(np.full(case.topics, _SPARSE), size=lines)
    upto = np.cumsum(shares, axis=1)
    upto[:, -1] = 1.0
    ladder = (upto + np.arange(lines)[:, None]).ravel()
    at = np.arange(lines)[:, None] + rng.random(shape)
    topic = np.searchsorted(ladder, at, side="right") - case.topics * np.arange(lines)[:, None]
    topic = np.clip(topic, 0, case.topics - 1) % case.terms  # rounding at the last step
    available = (case.terms - topic - 1) // case.topics + 1
    sums = np.cumsum(1.0 / (np.arange(available.max()) + _FLAT))
    rank = np.searchsorted(sums, rng.random(shape) * sums[available - 1], side="right")
    return topic + case.topics * np.minimum(rank, available - 1)


def _zipf(count: int) -> np.ndarray:
    weights = 1.0 / (np.arange(count) + _FLAT)
    return weights / weights.sum()


def _drawn(law: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    upto = np.cumsum(law)
    return np.searchsorted(upto[:-1], rng.random(count), side="right")


def _joined(
    pool: list[tuple[int, ...]], units: np.ndarray, length: int | None
) -> tuple[np.ndarray, np.ndarray]:
    """The words of units, a document a row, and where each document begins.

    Args:
        pool: the words of each unit.
        units: int64[documents, most], -1 where there is none.
        length: a document ends with the unit that makes it so long, or longer; None: with the row.
    """
    sizes = np.array([len(words) for words in pool])
    starts = np.cumsum(sizes) - sizes
    flat = np.concatenate([np.array(words) for words in pool])
    lengths = np.where(units < 0, 0, sizes[units])
    if length is not None:
        before = np.cumsum(lengths, axis=1) - lengths
        lengths[before >= length] = 0
    documents = np.concatenate([[0], np.cumsum(lengths.sum(axis=1))])
    taken = lengths.ravel()
    ends = np.cumsum(taken)
    places = np.arange(ends[-1]) + np.repeat(starts[units.ravel()] - (ends - taken), taken)
    return flat[places], documents
