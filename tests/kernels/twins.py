"""The kernels once more, by brute force.

Those of k-medoids in numpy, from costs before and after, without caches. All work on
d[object, medoid] in double. With whole numbers every sum is exact, so that kernels and twins must
agree to the bit; with fractions they agree up to rounding.
"""

import itertools

import numpy as np


def cost(d, medoids):
    """The sum over all objects of the dissimilarity to the nearest medoid."""
    return d[:, medoids].astype(float).min(axis=1).sum()


def exchanged(medoids, i, c):
    """The medoids with number i replaced by object c."""
    return [c if number == i else medoid for number, medoid in enumerate(medoids)]


def change(d, medoids, i, c):
    """What replacing medoid number i by object c adds to the cost."""
    return cost(d, exchanged(medoids, i, c)) - cost(d, medoids)


def removal(d, medoids):
    """What leaving out each medoid adds to the cost."""
    others = [[m for number, m in enumerate(medoids) if number != i] for i in range(len(medoids))]
    return np.array([cost(d, rest) for rest in others]) - cost(d, medoids)


def candidates(d, medoids):
    """The objects that are not medoids, ascending."""
    return [c for c in range(len(d)) if c not in set(medoids)]


def best_swap(d, medoids):
    """(change, i, c) of the best swap; candidates ascending, then medoids, the first of equals."""
    pairs = itertools.product(candidates(d, medoids), range(len(medoids)))
    return min(
        ((change(d, medoids, i, c), i, c) for c, i in pairs), key=lambda swap: swap[0], default=None
    )


def best_candidates(d, medoids):
    """For every medoid the least change of a swap, and the first candidate that has it."""
    free = candidates(d, medoids)
    changes = np.array([[change(d, medoids, i, c) for c in free] for i in range(len(medoids))])
    return changes.min(axis=1), np.array(free)[changes.argmin(axis=1)]


def pam(d, medoids, tol=0.0):
    """(medoids, swaps) after always the best swap."""
    medoids, swaps = list(medoids), 0
    while (best := best_swap(d, medoids)) and best[0] < -tol:
        medoids = exchanged(medoids, best[1], best[2])
        swaps += 1
    return medoids, swaps


def fasterpam(d, medoids, tol=0.0):
    """(medoids, swaps, candidates evaluated) of eager swapping until a round had no swap."""
    medoids, swaps, evaluated, last = list(medoids), 0, 0, None
    while True:
        before = swaps
        for c in range(len(d)):
            if c == last:
                return medoids, swaps, evaluated
            if c in medoids:
                continue
            evaluated += 1
            changes = [change(d, medoids, i, c) for i in range(len(medoids))]
            if min(changes) < -tol:
                medoids = exchanged(medoids, int(np.argmin(changes)), c)
                swaps += 1
                last = c
        if swaps == before:
            return medoids, swaps, evaluated


def clarans(d, medoids, draws, max_failures, tol=0.0):
    """(medoids, draws used, failures since the last swap).

    Args:
        d: dissimilarities.
        medoids: the start.
        draws: pairs (i, c); i None means the best of all medoids, as FastCLARANS has it.
        max_failures: tries without a swap after which it ends.
        tol: what a swap must gain.
    """
    medoids, used, failures = list(medoids), 0, 0
    for i, c in draws:
        if failures >= max_failures:
            break
        used += 1
        if c in medoids:
            continue
        tried = range(len(medoids)) if i is None else [i]
        changes = [change(d, medoids, number, c) for number in tried]
        failures += 1
        if min(changes) < -tol:
            medoids = exchanged(medoids, tried[int(np.argmin(changes))], c)
            failures = 0
    return medoids, used, failures


def best_to_join(d, medoids):
    """(change, candidate) of the object whose joining the medoids lowers the cost most."""
    before = cost(d, medoids)
    return min(((cost(d, [*medoids, c]) - before, c) for c in candidates(d, medoids)), default=None)


def build(d, k):
    """BUILD: the medoids in the order in which they were chosen."""
    medoids = [int(d.astype(float).sum(axis=0).argmin())]
    while len(medoids) < k:
        medoids.append(best_to_join(d, medoids)[1])
    return medoids


def cluster_medoid(d, members):
    """The position of the member with the least sum of dissimilarities of all members to it."""
    return int(d[np.ix_(members, members)].astype(float).sum(axis=0).argmin())


def shared_form(d, near, d1, d2, removal, c):
    """The change of the swaps of candidate c and every medoid, added up object by object.

    The sums in this order are, for more than 8 medoids, what the kernels return to the bit.
    """
    loss, shared = [float(r) for r in removal], 0.0
    for o in range(len(d)):
        value, first, second = float(d[o, c]), float(d1[o]), float(d2[o])
        if value < first:
            shared += value - first
            loss[near[o]] += first - second
        elif value < second:
            loss[near[o]] += value - second
    best = loss.index(min(loss))
    return loss[best] + shared, best


def canary_compute(start, steps):
    """The chain of the canary in whole numbers."""
    for _ in range(steps):
        start = (start * 6364136223846793005 + 1442695040888963407) % 2**64
    return start


def canary_memory(words):
    """The sum of the words, and what the pass leaves behind."""
    return sum(words) % 2**64, [(word + 1) % 2**64 for word in words]
