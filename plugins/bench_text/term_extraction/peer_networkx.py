"""SemRe-Rank with the PageRank of the package networkx: a graph and a call for each document.

So the authors' own program works. Steps, tolerance and damping are those of `semre_rank`, and so
are the answers, but for rounding. Making the graphs is part of the work: the package has its own
form.
"""

from dataclasses import dataclass
from itertools import pairwise
from typing import ClassVar

import numpy as np

from bench_text.term_extraction._bases import BASES, check_base
from bench_text.term_extraction._pagerank import DAMPING, MOST_ITERATIONS, TOLERANCE
from bench_text.term_extraction._relatedness import neighbours
from bench_text.term_extraction._revision import revised, seed_words
from harness.api import Solver


@dataclass(frozen=True)
class PeerNetworkX(Solver):
    """networkx.pagerank on the graph of each document."""

    problem = "term_extraction"
    papers = ("semre-rank",)
    role = "peer"
    requires = ("networkx",)
    growth: ClassVar = {"time": {"documents": 1}}

    base: str = "tf_idf"  # as of semre_rank
    seeds: bool = True
    top: float = 0.15
    least: float = 0.5

    def __post_init__(self):
        check_base(self.base)

    def solve(self, data, rng):
        import networkx

        base = BASES[self.base](data)
        known = neighbours(data, self.top, self.least)
        number = {int(word): k for k, word in enumerate(known.words)}
        lists = [part.tolist() for part in np.split(known.others, known.starts[1:-1])]
        seeds = {number[w] for w in np.flatnonzero(seed_words(data)).tolist() if self.seeds}
        words, starts = data.candidate_words.tolist(), data.candidates.tolist()
        parts = [[number[w] for w in words[a:b]] for a, b in pairwise(starts)]
        total = np.zeros(len(known.words))
        for first, last in pairwise(data.found_starts.tolist()):
            graph = networkx.Graph()
            for word in {word for k in data.found[first:last].tolist() for word in parts[k]}:
                graph.add_edges_from((word, other) for other in lists[word])
            if len(graph):
                there = dict.fromkeys(seeds & graph.nodes, 1.0)
                ranks = networkx.pagerank(
                    graph, DAMPING, there or None, max_iter=MOST_ITERATIONS, tol=TOLERANCE
                )
                largest = max(ranks.values())
                for word, rank in ranks.items():
                    total[word] += rank / largest
            yield base
        worth = np.zeros(data.vocabulary)
        worth[known.words] = total / total.max() if total.any() else total
        yield revised(data, base, worth)
