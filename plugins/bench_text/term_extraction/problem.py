"""Term extraction: rank candidates so that the terms of a domain come first.

Given are documents, candidate phrases, and vectors of their words. The candidates that occur most
often were shown to somebody, who said of each whether it is a term: these labels every solver has,
and so no candidate that was checked is judged. The cost is 1 - the mean precision among the first
K candidates, for four K: a sixth, a third, two thirds and all of the number of planted terms (50,
100, 200 and 300 of 300). Candidates with equal scores are taken to stand in random order, and the
precision is its expectation, so that an order in which the data happen to stand earns nothing.

`judged` says what is left out. "unchecked" judges what nobody has labelled. "unconfirmed" leaves
out the confirmed terms alone: the candidates that were checked and refused are in it, though
everybody knows that they are no terms. "all" judges labelled candidates, too, as the paper on
SemRe-Rank does.

With `measure=f1` K is the number of terms that are to be found, where precision and recall are the
same, and so F1.

The corpora are generated, and terms are what was planted in them: text with gold terms that may be
shipped is not known to us. In the family `english` they are planted in real prose, whose own
phrases are then no terms by definition.
"""

from collections.abc import Iterator
from itertools import combinations
from math import comb
from typing import Any, ClassVar

import numpy as np

from bench_text.term_extraction import _corpora
from bench_text.term_extraction._candidates import occurrences
from bench_text.term_extraction._checks import check, scores_of
from bench_text.term_extraction._precision import judged_of, mean_precision, precision_at
from bench_text.term_extraction._symmetries import symmetries_of
from bench_text.term_extraction._vectors import vectors_of
from harness.api import Case, Instance, InvalidCase, Problem, Symmetry

_SPREAD = 1.5  # of logarithms: how differently a candidate that is no term occurs elsewhere
_ELSEWHERE = 0.1  # how often terms occur in general text, as a share of here
_TINY = 1000  # ways to place the terms that exact() tries
_COMMON: dict[str, Any] = {
    "length": 120,
    "domain": 400,
    "topics": 20,
    "terms": 300,
    "candidates": 1500,
    "share": 0.25,
    "checked": 100,
    "judged": "unchecked",
    "measure": "precision",
    "dimensions": 100,
}
_SMALL = (
    "planted[documents=60,length=60,background=300,domain=60,topics=6,terms=40,candidates=200,"
    "checked=20,dimensions=30]"
)
_TOY = "length=12,background=12,domain=6,topics=2,candidates=8,dimensions=4"


class TermExtraction(Problem):
    """Find the terms among the candidates.

    `data` holds

    - `words`, int32[n], the words 0 .. vocabulary - 1 of all documents, one after the other;
      `documents`, int64[documents + 1], where each begins, and the end; `vocabulary`;
    - `candidate_words`, int32[.], and `candidates`, int64[candidates + 1], where each begins, and
      the end: phrases of one to three words, all different;
    - `found_starts`, int64[documents + 1], `found`, int32[.], and `counts`, int32[.]: of document
      d, the candidates `found[found_starts[d]:found_starts[d + 1]]` occur in it, so often; each
      occurs somewhere;
    - `vectors`, float32[vocabulary, d], of length 1 (0 for a word without neighbours);
    - `background`, int64[candidates], how often each occurs in general text of `background_size`
      words;
    - `checked`, int32[.], the candidates whose label is known, the most frequent ones, and
      `confirmed`, int32[.], the terms among them, both ascending;
    - `cutoffs`, int64[.], the numbers K.

    An answer is an array of a finite score for each candidate; the higher, the more of a term.
    """

    title = "Term extraction"
    kind = "prediction"
    cost_name = "1 - mean precision at K"
    compare = "difference"
    size = "n"
    families: ClassVar = {
        "planted": {
            "documents": 400,
            "background": 2500,
            **_COMMON,
            "mixed": 0.0,
            "general": 0.0,
        },
        "english": {**_COMMON, "share": 0.1},
    }
    suites: ClassVar = {
        "smoke": [_SMALL, "english[terms=100,candidates=500,domain=150,dimensions=50]"],
        "standard": [
            "planted",
            "planted[checked=50]",
            "planted[checked=200]",
            "planted[checked=0]",
            "planted[mixed=0.3]",
            "planted[general=0.5]",
            "planted[share=0.1,mixed=0.3]",
            "planted[length=15]",
            "planted[documents=100]",
            "english",
            "english[share=0.05]",
        ],
        "large": [
            "planted[documents=4000,background=20000,domain=3000,topics=100,terms=2500,"
            "candidates=15000,checked=500]",
            "planted[documents=20000,background=20000,domain=3000,topics=100,terms=2500,"
            "candidates=15000,checked=500]",
        ],
        "growth": [f"planted[documents={100 << step}]" for step in range(6)],
        "tuning": ["planted[draw=101]", "planted[mixed=0.3,draw=102]", "english[draw=103]"],
        "edge": [
            f"planted[documents=8,{_TOY},terms=4,checked=0]",
            f"planted[documents=8,{_TOY},terms=4,checked=5]",
            f"planted[documents=1,{_TOY},terms=4,checked=1,share=0.6]",
            f"planted[documents=12,{_TOY},terms=6,checked=3,general=1.0]",
            "planted[documents=1,length=1,background=1,domain=1,topics=1,terms=1,candidates=1,"
            "share=1.0,checked=0,dimensions=1]",
            "planted[documents=40,length=1,background=20,domain=10,topics=5,terms=8,candidates=10,"
            "checked=4,dimensions=3]",
            f"{_SMALL[:-1]},judged=all,measure=f1]",
            f"{_SMALL[:-1]},judged=unconfirmed,mixed=1.0]",
        ],
    }
    starter = """\
# data.candidate_words, data.candidates: the phrases, cut at data.candidates
# data.found, data.counts: which candidates occur in the documents (data.found_starts), how often
# data.vectors: a vector for each word; data.confirmed: candidates that are known to be terms
# answer: a score for each candidate, higher for terms; this is how often each occurs
yield np.bincount(data.found, weights=data.counts, minlength=len(data.candidates) - 1)
"""

    def make(self, case: Case, rng: np.random.Generator) -> Instance:
        check(case)
        make = {"planted": _corpora.planted, "english": _corpora.real}[case.family]
        corpus = make(case, rng)
        number = rng.permutation(corpus.vocabulary)  # of a word: tells nothing
        words = number[corpus.words]
        vectors = vectors_of(words, corpus.documents, corpus.vocabulary, case.dimensions)
        planted = corpus.terms + corpus.others
        order = rng.permutation(len(planted))
        phrases = [tuple(number[list(planted[k])].tolist()) for k in order.tolist()]
        occurring = occurrences(words, corpus.documents, corpus.vocabulary, phrases)[1]
        seen = np.unique(occurring)  # who never occurs is no candidate
        phrases = [phrases[k] for k in seen.tolist()]
        terms = order[seen] < len(corpus.terms)
        starts, found, counts = occurrences(words, corpus.documents, corpus.vocabulary, phrases)
        often = np.bincount(found, weights=counts, minlength=len(phrases))
        checked = np.sort(np.argsort(-often, kind="stable")[: case.checked])
        lengths = np.array([len(phrase) for phrase in phrases])
        data = {
            "words": words.astype(np.int32),
            "documents": corpus.documents.astype(np.int64),
            "vocabulary": corpus.vocabulary,
            "candidate_words": np.array([w for phrase in phrases for w in phrase], np.int32),
            "candidates": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
            "found_starts": starts.astype(np.int64),
            "found": found,
            "counts": counts,
            "vectors": vectors,
            "background": _elsewhere(often, terms, rng),
            "background_size": len(words),
            "checked": checked.astype(np.int32),
            "confirmed": checked[terms[checked]].astype(np.int32),
        }
        truth = {"terms": terms, "judged": judged_of(case.judged, len(phrases), data)}
        left = int(np.count_nonzero(terms[truth["judged"]]))
        sixths = case.terms * np.array([1, 2, 4, 6]) // 6
        cutoffs = np.maximum(1, sixths) if case.measure == "precision" else np.array([left])
        data["cutoffs"] = cutoffs.astype(np.int64)
        if not left:
            raise InvalidCase(
                f"of {int(terms.sum())} terms that occur none is left to be found: ask for fewer "
                "`checked`, more `terms`, or longer documents"
            )
        sizes = {
            "n": len(words),
            "documents": len(corpus.documents) - 1,
            "candidates": len(phrases),
            "terms": left,
            "confirmed": len(data["confirmed"]),
            "vocabulary": corpus.vocabulary,
        }
        return Instance(data, truth, sizes, optimum=_least(data["cutoffs"], truth))

    def score(self, instance: Instance, answer: object) -> tuple[float, dict[str, float]]:
        terms, data = instance.truth["terms"], instance.data
        scores = scores_of(answer, len(terms))
        judged = instance.truth["judged"]
        left = int(np.count_nonzero(terms[judged]))
        others = {
            f"precision_{name}": mean_precision(
                scores[part := judged_of(name, len(terms), data)], terms[part], data["cutoffs"]
            )
            for name in ("unconfirmed", "all")
        }
        return 1.0 - mean_precision(scores[judged], terms[judged], data["cutoffs"]), {
            "precision_at_terms": precision_at(scores[judged], terms[judged], [left])[0],
            **others,
        }

    def normal(self, instance: Instance, answer: object) -> np.ndarray:
        """The rank of each candidate from below; equal scores share one."""
        scores = scores_of(answer, len(instance.truth["terms"]))
        return np.unique(scores, return_inverse=True)[1].astype(np.int64)

    def exact(self, instance: Instance) -> float | None:
        """The least cost over all places that the terms may take in a ranking."""
        judged, terms = instance.truth["judged"], instance.truth["terms"]
        count, left = len(judged), int(np.count_nonzero(terms[judged]))
        if comb(count, left) > _TINY:
            return None
        best = 0.0
        for places in combinations(range(count), left):
            shares = [
                sum(place < k for place in places) / min(k, count)
                for k in instance.data["cutoffs"].tolist()
            ]
            best = max(best, sum(shares) / len(shares))
        return 1.0 - best

    def symmetries(self, instance: Instance, rng: np.random.Generator) -> Iterator[Symmetry]:
        return symmetries_of(instance, rng)


def _elsewhere(often: np.ndarray, terms: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """How often candidates occur in general text, int64[candidates].

    Poisson, about as often as here but for a factor of its own for each; a tenth of that for terms.
    """
    mean = often * np.exp(_SPREAD * rng.normal(size=len(often)))
    return rng.poisson(np.where(terms, _ELSEWHERE, 1.0) * mean).astype(np.int64)


def _least(cutoffs: np.ndarray, truth: dict[str, np.ndarray]) -> float:
    """The cost of a ranking that begins with all terms."""
    left = np.count_nonzero(truth["terms"][truth["judged"]])
    first = np.minimum(cutoffs, len(truth["judged"]))
    return 1.0 - float(np.mean(np.minimum(first, left) / first))
