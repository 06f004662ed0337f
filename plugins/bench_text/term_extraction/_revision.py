"""Step 7 of SemRe-Rank: base scores, revised by what the words of a candidate are worth."""

from typing import Any

import numpy as np

RULES = ("multiply", "add")


def revised(data: Any, base: np.ndarray, worth: np.ndarray, rule: str = "multiply") -> np.ndarray:
    """base (1 + mean worth of the candidate's words), base scores from 0 to 1.

    The mean is over all words of a candidate, those without a worth count 0. Where some base scores
    are negative, as those of RIDF may be, the least is taken off all first: a factor would lower
    them where it should raise them.

    Args:
        data: the instance.
        base: float64[candidates].
        worth: float64[vocabulary], from 0 to 1; 0 for a word that has none.
        rule: "multiply", or "add" for base + mean.
    """
    base = base - min(0.0, float(base.min()))
    largest = float(base.max())
    if largest > 0:
        base = base / largest
    starts = data.candidates[:-1]
    mean = np.add.reduceat(worth[data.candidate_words], starts) / np.diff(data.candidates)
    return base + mean if rule == "add" else base * (1.0 + mean)


def seed_words(data: Any) -> np.ndarray:
    """Which words belong to a confirmed term, bool[vocabulary]."""
    confirmed = np.zeros(len(data.candidates) - 1, bool)
    confirmed[data.confirmed] = True
    found = np.zeros(data.vocabulary, bool)
    found[data.candidate_words[np.repeat(confirmed, np.diff(data.candidates))]] = True
    return found
