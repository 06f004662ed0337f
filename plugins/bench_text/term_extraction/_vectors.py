"""Word vectors from the corpus itself: positive pointwise mutual information, and its SVD.

c(v, w) counts how often v and w stand at most WINDOW words apart in a document. The matrix of
max(0, log(c(v, w) c / (c(v) c(w)))), with the sums c(v) of its rows and c of all, is symmetric; so
its singular vectors are its eigenvectors, and its singular values the sizes of its eigenvalues. The
vector of a word is its row of these, each times the root of its singular value, with length 1.

This stands in for word2vec (skip-gram, 100 dimensions, the same window, trained on the corpus
itself), of which it is the exact sibling: skip-gram factors a shifted matrix of the same kind
(Levy and Goldberg, Neural word embedding as implicit matrix factorization).
"""

import numpy as np

WINDOW = 3

_DENSE = 500  # rows up to which all eigenvectors are computed
_ITERATIONS = 24  # products with the matrix
_BLOCKS = 4  # the last of them together hold the vectors; their squares are 1e-5 short, or less


def vectors_of(
    words: np.ndarray, documents: np.ndarray, vocabulary: int, dimensions: int
) -> np.ndarray:
    """The vectors, float32[vocabulary, at most dimensions]: of length 1, or 0 without neighbours.

    Args:
        words: int[n], all documents one after the other.
        documents: int[documents + 1], where each begins, and the end.
        vocabulary: words are 0 .. vocabulary - 1.
        dimensions: 1 or more; a small vocabulary has no more than its own number.
    """
    information = _information(words, documents, vocabulary)
    wanted = min(dimensions, vocabulary)
    values, vectors = _eigen(information, wanted)
    peaks = vectors[np.abs(vectors).argmax(axis=0), np.arange(wanted)]
    vectors = vectors * np.where(peaks < 0, -1.0, 1.0) * np.sqrt(np.abs(values))
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    known = lengths > 1e-9 * max(lengths.max(), 1e-300)
    return np.where(known, vectors / np.where(known, lengths, 1.0), 0.0).astype(np.float32)


def _eigen(matrix, wanted: int) -> tuple[np.ndarray, np.ndarray]:
    """The eigenvalues of largest size, and their vectors as columns.

    Of a large matrix by subspace iteration from a start that is the same every time, and the Krylov
    space of the last blocks; Lanczos' method draws anew where many eigenvalues are equal, and so
    differs from run to run.
    """
    size = matrix.shape[0]
    if size <= _DENSE:
        values, vectors = np.linalg.eigh(matrix.toarray())
    else:
        part, blocks = np.random.default_rng(0).normal(size=(size, wanted)), []
        for step in range(_ITERATIONS):
            part = np.linalg.qr(matrix @ part)[0]
            if step >= _ITERATIONS - _BLOCKS:
                blocks.append(part)
        basis = np.linalg.qr(np.hstack(blocks))[0]
        values, small = np.linalg.eigh(basis.T @ (matrix @ basis))
        vectors = basis @ small
    largest = np.argsort(-np.abs(values), kind="stable")[:wanted]
    return values[largest], vectors[:, largest]


def _information(words: np.ndarray, documents: np.ndarray, vocabulary: int):
    """The matrix of positive pointwise mutual information, sparse."""
    from scipy.sparse import coo_array, csr_array

    document = np.repeat(np.arange(len(documents) - 1), np.diff(documents))
    pairs = []
    for gap in range(1, WINDOW + 1):
        same = document[gap:] == document[:-gap]
        pairs.append(np.stack([words[gap:][same], words[:-gap][same]]))
    left, right = np.concatenate(pairs, axis=1)
    ends = np.concatenate([left, right]), np.concatenate([right, left])
    shape = vocabulary, vocabulary
    counts = coo_array((np.ones(len(ends[0])), ends), shape=shape).tocsr()
    counts.sum_duplicates()
    sums = counts.sum(axis=1)
    rows = np.repeat(np.arange(vocabulary), np.diff(counts.indptr))
    shares = counts.data * sums.sum() / (sums[rows] * sums[counts.indices])
    # `shares` is never 0, as only pairs that were seen are stored.
    values = np.maximum(np.log(shares), 0.0)
    found = csr_array((values, counts.indices, counts.indptr), shape=shape)
    found.eliminate_zeros()
    return found
