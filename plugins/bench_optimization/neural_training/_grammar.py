"""Text drawn from a small probabilistic grammar, for character models: free of any licence.

Subjects agree with their verbs across relative clauses, and what opens a bracket or a quotation
closes it, so that some characters can only be told from ones far before them. Every choice has a
stated weight; expansions end with probability one, since less than one further clause follows from
each on average. A name in braces is expanded by a rule, in order of writing.
"""

import numpy as np

RULES: dict[str, list[tuple[float, str]]] = {
    "text": [
        (5, "{clause}.\n"),
        (2, "{clause}, and {clause}.\n"),
        (1, "{clause} ({clause}).\n"),
        (1, '"{clause}," {speaker} {says}.\n'),
        (1, "when {clause}, {clause}.\n"),
        (1, "why {does} {one} {act}?\n"),
    ],
    "does": [(1, "does")],
    "clause": [(3, "{one} {does_one}"), (2, "{many} {do_many}"), (1, "there {there}")],
    "there": [(1, "is {one} {place}"), (1, "are {many} {place}")],
    "one": [(4, "{article} {thing}"), (2, "{article} {quality} {thing}"), (1, "{one_that}")],
    "one_that": [
        (2, "the {thing} that {does_one}"),
        (1, "the {thing} that {many} {seen}"),
        (1, "the {thing} {place}"),
    ],
    "many": [(3, "{number} {things}"), (2, "the {quality} {things}"), (1, "{many_that}")],
    "many_that": [(2, "the {things} that {do_many}"), (1, "the {things} {place}")],
    "does_one": [
        (4, "{act}s"),
        (2, "{act}s {manner}"),
        (2, "{touch}s {object}"),
        (1, "is {quality}"),
        (1, "{act}s {place}"),
    ],
    "do_many": [
        (4, "{act}"),
        (2, "{act} {manner}"),
        (2, "{touch} {object}"),
        (1, "are {quality}"),
        (1, "{act} {place}"),
    ],
    "object": [(3, "{article} {thing}"), (2, "{number} {things}"), (1, "{one}"), (1, "{many}")],
    "seen": [(1, "like"), (1, "fear"), (1, "follow")],
    "article": [(4, "the"), (2, "a"), (1, "every"), (1, "this"), (1, "that")],
    "number": [(3, "two"), (2, "three"), (1, "seven"), (1, "some"), (1, "many")],
    "thing": [
        (1 / (2 + rank), noun)
        for rank, noun in enumerate(
            "river stone bird lamp garden goat miller road boat tower baker field bell horse "
            "cloud door teacher market forest bridge ladder painter kettle mountain".split()
        )
    ],
    "things": [(1, "{thing}s")],
    "quality": [
        (1 / (2 + rank), word)
        for rank, word in enumerate(
            "grey small bright quiet heavy green cold strange narrow broken gentle tall".split()
        )
    ],
    "act": [
        (1 / (2 + rank), verb)
        for rank, verb in enumerate(
            "wait sing turn fall sleep wander listen grow burn return tremble shine".split()
        )
    ],
    "touch": [
        (1 / (2 + rank), verb)
        for rank, verb in enumerate(
            "see follow find paint hold remember visit repair forget draw".split()
        )
    ],
    "manner": [(2, "slowly"), (1, "again"), (1, "at night"), (1, "without a sound"), (1, "often")],
    "place": [
        (2, "near the {thing}"),
        (1, "behind the {quality} {thing}"),
        (1, "under {number} {things}"),
    ],
    "speaker": [(1, "the {thing}"), (1, "a {quality} {thing}")],
    "says": [(2, "says"), (1, "asks"), (1, "answers")],
}

ALPHABET = '\n "(),.?abcdefghijklmnopqrstuvwxyz'


def characters(length: int, rng: np.random.Generator) -> np.ndarray:
    """Places in `ALPHABET` of the first `length` characters of sentence after sentence; int64."""
    pieces: list[str] = []
    total = 0
    while total < length:
        pieces.append(_sentence(rng))
        total += len(pieces[-1])
    place = {symbol: number for number, symbol in enumerate(ALPHABET)}
    return np.array([place[symbol] for symbol in "".join(pieces)[:length]], np.int64)


def _sentence(rng: np.random.Generator) -> str:
    done: list[str] = []
    pending = ["{text}"]
    while pending:
        before, brace, after = pending.pop().partition("{")
        done.append(before)
        if brace:
            name, _, rest = after.partition("}")
            pending += [rest, _chosen(RULES[name], float(rng.random()))]
    return "".join(done)


def _chosen(choices: list[tuple[float, str]], point: float) -> str:
    left = point * sum(weight for weight, _ in choices)
    for weight, text in choices:
        left -= weight
        if left < 0:
            return text
    return choices[-1][1]
