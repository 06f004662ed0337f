"""The single-vector heuristic: documents become candidates by their tokens' ranks.

The nearest of all query tokens come first, then the second nearest, and so on. A document that is
named again is passed over, or counted again, so that as many names hold fewer documents.
"""

from collections.abc import Callable

import numpy as np

Ranked = Callable[[int], np.ndarray]


def named(
    ranked: Ranked, query_tokens: int, wanted: int, k: int, n: int, deduplicate: bool
) -> np.ndarray:
    """The candidates in the order in which they are named; k at least, where so many are ranked.

    Args:
        ranked: the documents of the nearest tokens of each query token, so many of each, int[r,
            query_tokens], best first; fewer rows where there are no more, -1 where one token has
            none.
        wanted: how many candidates, or names without `deduplicate`. n: documents in all.
    """
    per_token = wanted if deduplicate else -(-wanted // query_tokens)
    enough = min(wanted, n) if deduplicate else k
    while True:
        ranks = ranked(per_token)
        names = ranks.ravel()
        names = names[names >= 0]
        no_more = len(ranks) < per_token and (deduplicate or len(names) <= wanted)
        documents, first = np.unique(names if deduplicate else names[:wanted], return_index=True)
        if no_more or len(documents) >= enough:
            return documents[np.argsort(first)][:wanted]
        per_token *= 2  # few documents hold all of the nearest
        wanted *= 1 if deduplicate else 2
