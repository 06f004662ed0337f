"""English text that comes with Python, and vectors of its words.

A word is described by the words near it: C[w, c] counts how often c stands at most `window` places
from w in a paragraph, and PPMI[w, c] = max(0, ln(C[w, c] N / (C[w] C[c]))) compares that with
chance, where C[w] and C[c] are sums of C and N is the sum of all. With PPMI ~ U S V' of rank d the
vectors are the rows of U S^(1/2) (Levy and Goldberg 2014); each axis points to where its largest
entry is positive, so that nothing about them is left to chance.
"""

import re
from collections import Counter

import numpy as np

_WORD = re.compile(r"[^\W\d_]+")


def english() -> str:
    """The language reference that `help()` shows; which Python it is changes the text."""
    import pydoc_data.topics

    topics = pydoc_data.topics.topics
    return "\n\n".join(topics[name] for name in sorted(topics))


def paragraphs(text: str, fewest: int) -> list[tuple[str, ...]]:
    """The different paragraphs of at least `fewest` words, in lower case; a shorter one is a
    heading or a line of code."""
    found = (tuple(_WORD.findall(part.lower())) for part in re.split(r"\n\s*\n", text))
    return list(dict.fromkeys(part for part in found if len(part) >= fewest))


def ppmi(texts: list[tuple[str, ...]], window: int, fewest: int):
    """The words that occur at least `fewest` times, sorted, and their PPMI, a sparse array.

    Rarer words are left out of the texts, as are words that then have no neighbour more often than
    chance has it.
    """
    from scipy.sparse import coo_array

    counts = Counter(word for text in texts for word in text)
    words = sorted(word for word, count in counts.items() if count >= fewest)
    number = {word: i for i, word in enumerate(words)}
    rows, columns = [], []
    for text in texts:
        known = np.array([number[word] for word in text if word in number], np.int64)
        for gap in range(1, window + 1):
            rows += [known[gap:], known[:-gap]]
            columns += [known[:-gap], known[gap:]]
    at = np.concatenate(rows, dtype=np.int64), np.concatenate(columns, dtype=np.int64)
    near = coo_array((np.ones(len(at[0])), at), shape=(len(words),) * 2).tocsr().tocoo()
    totals = near.sum(axis=1)
    row, column = near.coords
    gain = np.log(near.data * totals.sum() / (totals[row] * totals[column]))
    positive = gain > 0
    table = coo_array((gain[positive], (row[positive], column[positive])), near.shape).tocsr()
    some = np.flatnonzero(np.diff(table.indptr))
    return [words[i] for i in some], table[some][:, some]


def vectors(table, d: int) -> np.ndarray:
    """The rows of U S^(1/2), float32[w, d], d below the number of words w.

    PPMI is symmetric, so that U are its eigenvectors and S the absolute eigenvalues.
    """
    from scipy.sparse.linalg import eigsh

    # Lanczos starts from a given vector.
    values, axes = eigsh(table, k=d, which="LM", v0=np.ones(table.shape[0]))
    order = np.argsort(-np.abs(values), kind="stable")
    values, axes = np.abs(values[order]), axes[:, order]
    largest = axes[np.abs(axes).argmax(axis=0), np.arange(d)]
    return (axes * np.sign(largest) * np.sqrt(values)).astype(np.float32)
