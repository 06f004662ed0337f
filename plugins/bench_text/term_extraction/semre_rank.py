"""SemRe-Rank: a base method's scores, raised for candidates whose words are near known terms'.

Words whose vectors are alike are joined, a graph for each document (`_relatedness` has the rules:
the 15 % most similar words, cosine 0.5 or more). PageRank that starts again at the words of
confirmed terms gives each word a rank there; the ranks, divided by the largest of the document and
summed over documents, are its semantic importance, 1 at most. The score of a candidate becomes
base (1 + mean importance of its words), the base scores divided by their largest. So no score more
than doubles, and candidates whose base scores differ by more than a factor of 2 keep their order.

Time: |W| V d for the cosines of the |W| words of candidates with a vocabulary of V words, and about
50 products with the graphs' edges, the documents in blocks of one sparse matrix. Memory: the
neighbour lists, and some million edges at once.

Departs from the paper: vectors by PMI and SVD, not by word2vec; words are numbers here, so that
lemmas, stop words and short words are no matter. Steps as in the authors' public program, but for
its store of neighbour lists, which is read back wrongly (a word is joined to the first letter of
its neighbours).
"""

from dataclasses import dataclass
from typing import ClassVar

from bench_text.term_extraction._bases import BASES, check_base
from bench_text.term_extraction._relatedness import importance
from bench_text.term_extraction._revision import RULES, revised
from harness.api import Solver


@dataclass(frozen=True)
class SemReRank(Solver):
    """Semantic importance of words by personalised PageRank, times a base method."""

    problem = "term_extraction"
    papers = ("semre-rank",)
    role = "paper"
    growth: ClassVar = {"time": {"documents": 1}, "memory": {"documents": 1}}
    space: ClassVar = {
        "base": ("choice", "tf", "tf_idf", "c_value", "ridf", "weirdness", "basic", "combo_basic"),
        "top": ("log", 0.01, 0.5),
        "least": ("linear", 0.2, 0.8),
        "damping": ("linear", 0.5, 0.95),
        "rule": ("choice", "multiply", "add"),
    }

    base: str = "tf_idf"  # or equal, tf, c_value, ridf, weirdness, basic, combo_basic
    seeds: bool = True  # False: PageRank starts again anywhere
    top: float = 0.15  # share of |W| that may be neighbours of a word; the paper's
    least: float = 0.5  # cosine of neighbours; the paper's
    damping: float = 0.85  # the paper's
    rule: str = "multiply"  # or add: base + mean importance

    def __post_init__(self):
        check_base(self.base)
        if self.rule not in RULES:
            raise ValueError(f"rule is {self.rule!r}, expected one of {', '.join(RULES)}")
        if not 0 < self.top <= 1:
            raise ValueError(f"top is {self.top}, expected a share above 0 and up to 1")
        if not 0 < self.least <= 1:
            raise ValueError(f"least is {self.least}, expected a cosine above 0 and up to 1")
        if not 0 <= self.damping < 1:
            raise ValueError(f"damping is {self.damping}, expected 0 or more and below 1")

    def solve(self, data, rng):
        base = BASES[self.base](data)
        worth = None
        for worth in importance(data, self.top, self.least, self.damping, self.seeds):
            if worth is None:
                yield base
        yield revised(data, base, worth, self.rule)
