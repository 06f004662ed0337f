"""Words that are alike, the graphs of documents made of them, and what a word is worth there.

The words of all candidates are W. A word of W has as neighbours those of the `top` |W| words of the
vocabulary with the largest cosines that are in W and whose cosine is `least` or more. The graph of
a document joins each word of its candidates to all its neighbours, wherever these occur; an edge
has no direction and no weight. PageRank's ranks there, divided by the largest of the document, are
summed over documents: the semantic importance of a word, divided by the largest of all.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from bench_text.term_extraction._pagerank import pagerank
from bench_text.term_extraction._revision import seed_words

_ENTRIES_AT_ONCE = 1 << 22  # cosines, nodes or edges that are held at once


@dataclass(frozen=True)
class Neighbours:
    """Who is alike among the words of candidates, numbered 0 .. |W| - 1.

    Attributes:
        words: int64[|W|], the numbered words, ascending.
        starts: int64[|W| + 1]; others: int64[.], the neighbours of word w are
            others[starts[w]:starts[w + 1]].
        mutual: bool[.], whether w is a neighbour of that neighbour, too.
    """

    words: np.ndarray
    starts: np.ndarray
    others: np.ndarray
    mutual: np.ndarray


def neighbours(data: Any, top: float, least: float) -> Neighbours:
    """The neighbours of each word of a candidate; |W| times vocabulary cosines, in blocks.

    Cosines that are equal to the last one of the `top` count, so that the words' numbers decide
    nothing.
    """
    words = np.unique(data.candidate_words).astype(np.int64)
    vectors = np.asarray(data.vectors)
    number = np.full(len(vectors), -1)
    number[words] = np.arange(len(words))
    most = max(1, round(top * len(words)))
    step = max(1, _ENTRIES_AT_ONCE // len(vectors))
    lefts, rights = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)]
    for start in range(0, len(words), step):
        block = words[start : start + step]
        cosines = vectors[block] @ vectors.T
        cosines[np.arange(len(block)), block] = -np.inf
        _keep_largest(cosines, most, least)
        left, right = np.nonzero(cosines >= least)
        inside = number[right] >= 0
        lefts.append(start + left[inside])
        rights.append(number[right[inside]])
    left, right = np.concatenate(lefts), np.concatenate(rights)
    keys = left * len(words) + right  # ascending
    back = right * len(words) + left
    places = np.minimum(np.searchsorted(keys, back), max(0, len(keys) - 1))
    mutual = keys[places] == back
    starts = np.searchsorted(left, np.arange(len(words) + 1))
    return Neighbours(words, starts, right, mutual)


def _keep_largest(cosines: np.ndarray, most: int, least: float) -> None:
    """Set to -inf, in rows with more than `most` entries from `least` on, what is too small."""
    many = np.flatnonzero(np.count_nonzero(cosines >= least, axis=1) > most)
    if len(many):
        rows = cosines[many]
        last = np.partition(rows, rows.shape[1] - most, axis=1)[:, rows.shape[1] - most]
        rows[rows < last[:, None]] = -np.inf
        cosines[many] = rows


def importance(
    data: Any, top: float, least: float, damping: float, use_seeds: bool
) -> Iterator[np.ndarray | None]:
    """Yields None from time to time, and at last the importance, float64[vocabulary], 0 .. 1."""
    known = neighbours(data, top, least)
    yield None
    seeds = seed_words(data)[known.words]
    if not use_seeds:
        seeds[:] = False
    total = np.zeros(len(known.words))
    for documents, words in _batches(data, known):
        weights, nodes, sizes = document_graphs(known, documents, words)
        ranks = pagerank(weights, sizes, seeds[nodes], damping)
        if len(ranks):
            largest = np.maximum.reduceat(ranks, np.cumsum(sizes) - sizes)
            shares = ranks / np.repeat(largest, sizes)
            total += np.bincount(nodes, weights=shares, minlength=len(total))
        yield None
    found = np.zeros(data.vocabulary)
    found[known.words] = total / total.max() if total.any() else total
    yield found


def _batches(data: Any, known: Neighbours) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs of a document and a word of one of its candidates, ascending, some documents a time."""
    width = len(known.words)
    number = np.zeros(data.vocabulary, np.int64)
    number[known.words] = np.arange(width)
    sizes = np.diff(data.candidates)
    found, starts = data.found, data.found_starts
    degrees = np.diff(known.starts)
    step = max(1, _ENTRIES_AT_ONCE // width)
    for first in range(0, len(starts) - 1, step):
        last = min(first + step, len(starts) - 1)
        part = found[starts[first] : starts[last]]
        document = np.repeat(np.arange(last - first), np.diff(starts[first : last + 1]))
        taken = sizes[part]
        ends = np.cumsum(taken)
        places = np.arange(taken.sum()) + np.repeat(data.candidates[part] - (ends - taken), taken)
        words = number[data.candidate_words[places]]
        pairs = np.unique(np.repeat(document, taken) * width + words)
        if not len(pairs):
            continue
        document, words = np.divmod(pairs, width)
        edges = np.cumsum(degrees[words])
        cuts = np.searchsorted(edges, np.arange(_ENTRIES_AT_ONCE, edges[-1], _ENTRIES_AT_ONCE))
        cuts = np.searchsorted(document, document[cuts])  # a document stays whole
        borders = np.unique(np.concatenate([[0], cuts, [len(document)]]))
        for a, b in pairwise(borders):
            yield document[a:b], words[a:b]


def document_graphs(
    known: Neighbours, documents: np.ndarray, words: np.ndarray
) -> tuple[Any, np.ndarray, np.ndarray]:
    """The graphs of some documents, one after the other.

    Args:
        known: who is alike.
        documents, words: int64[.] each, pairs of a document and the number of a word of one of its
            candidates, ascending, each once.

    Returns:
        the edges, a symmetric CSR array of ones [nodes, nodes]; the number of each node's word,
        int64[nodes]; how many nodes each document with a graph has, int64[graphs].
    """
    from scipy.sparse import coo_array

    width = len(known.words)
    document = documents - documents[0]
    there = np.zeros((int(document[-1]) + 1) * width, bool)
    there[document * width + words] = True
    # From each word to each neighbour; and back, where that edge is not made from there, too.
    degrees = np.diff(known.starts)[words]
    ends = np.cumsum(degrees)
    places = np.arange(ends[-1]) + np.repeat(known.starts[words] - (ends - degrees), degrees)
    base = np.repeat(document * width, degrees)
    left, right = base + np.repeat(words, degrees), base + known.others[places]
    single = ~(there[right] & known.mutual[places])
    is_node = np.zeros(len(there), bool)
    is_node[left] = True
    is_node[right] = True
    keys = np.flatnonzero(is_node)
    number = np.cumsum(is_node, dtype=np.int32) - 1
    left, right = number[left], number[right]
    rows = np.concatenate([left, right[single]])
    columns = np.concatenate([right, left[single]])
    shape = len(keys), len(keys)
    weights = coo_array((np.ones(len(rows)), (rows, columns)), shape=shape).tocsr()
    graph, nodes = np.divmod(keys, width)
    sizes = np.unique(graph, return_counts=True)[1]
    return weights, nodes, sizes
