"""Where candidates occur: every window of a document that reads as the candidate does."""

import numpy as np

LARGEST_VOCABULARY = 1 << 20  # so that three words make one integer of 64 bits


def occurrences(
    words: np.ndarray,
    documents: np.ndarray,
    vocabulary: int,
    candidates: list[tuple[int, ...]],
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How often each candidate occurs in each document, sparse, in the order of documents.

    Windows may overlap, and a candidate that lies in another one occurs there, too.

    Args:
        words: int64[n], all documents one after the other.
        documents: int64[documents + 1], where each begins, and the end.
        vocabulary: words are 0 .. vocabulary - 1.
        candidates: different tuples of one to three words.

    Returns:
        int64[documents + 1], where in the other two each document begins, and the end;
        int32[.], the candidates in it in ascending order; int32[.], how often.
    """
    count = len(candidates)
    document = np.repeat(np.arange(len(documents) - 1), np.diff(documents))
    keys = [np.zeros(0, np.int64)]
    for length in sorted({len(candidate) for candidate in candidates}):
        numbers = np.array([k for k, one in enumerate(candidates) if len(one) == length])
        codes = _codes(np.array([candidates[k] for k in numbers.tolist()]), vocabulary)
        order = np.argsort(codes)
        if len(words) < length:
            continue
        windows = np.lib.stride_tricks.sliding_window_view(words, length)
        seen = _codes(windows, vocabulary)
        places = np.searchsorted(codes, seen, sorter=order)
        known = order[np.minimum(places, len(order) - 1)]
        inside = document[length - 1 :] == document[: len(windows)]
        hits = np.flatnonzero((codes[known] == seen) & inside)
        keys.append(document[hits] * count + numbers[known[hits]])
    pairs, counts = np.unique(np.concatenate(keys), return_counts=True)
    starts = np.searchsorted(pairs, count * np.arange(len(documents)))
    return starts, (pairs % count).astype(np.int32), counts.astype(np.int32)


def _codes(rows: np.ndarray, vocabulary: int) -> np.ndarray:
    """One integer for each row of words."""
    code = np.zeros(len(rows), np.int64)
    for column in range(rows.shape[1]):
        code = code * vocabulary + rows[:, column]
    return code
