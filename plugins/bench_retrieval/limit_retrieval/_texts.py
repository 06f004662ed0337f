"""The texts of LIMIT: people who like things, and questions who likes one of them.

An attribute is one, two or three words, such as "Bramol" or "Dortan Trees". Many of the longer ones
end in a common word, which is what misleads methods that go by words. All words are made up of
syllables, but for these ends.
"""

import numpy as np

_ENDS = (
    "Trees Birds Shoes Boats Songs Games Clocks Stamps Bread Cheese Tea Soup Chairs Lamps Maps "
    "Coins Drums Flutes Poems Plays Films Trains Bridges Castles Gardens Roses Ferns Shells Stones "
    "Horses Dogs Cats Fish Bees Hats Scarves Gloves Knots Beads Tiles Masks Puppets Dances Puzzles "
    "Cards Dice Chess Rowing Skating Climbing Fencing Painting Pottery Weaving Baking Sailing"
).split()
_CONSONANTS = "b br d dr f g gr h k kl l m n p pr r s st t tr v w z".split()
_VOWELS = "a e i o u ai ea ou".split()
_FINALS = "l m n r s t k nd rn x".split()

_ATTRIBUTES, _ASKED = 1848, 1000
_PER_DOCUMENT = 45
_SHARE_OF_ENDS = 0.83  # of attributes of several words end in a common one


def attributes(rng: np.random.Generator) -> list[str]:
    """1,848 different attributes, 1.56 words each on average; a few are common ends alone."""
    lengths = rng.choice([1, 2, 3], p=[0.5, 0.44, 0.06], size=_ATTRIBUTES)
    words = iter(made_up(3 * _ATTRIBUTES, rng))
    found = dict.fromkeys(_ENDS[::3])
    for length in lengths:
        parts = [next(words) for _ in range(length)]
        if length > 1 and rng.random() < _SHARE_OF_ENDS:
            parts[-1] = _ENDS[rng.integers(len(_ENDS))]
        found[" ".join(parts)] = None
    return [list(found)[i] for i in rng.permutation(_ATTRIBUTES)]


def made_up(count: int, rng: np.random.Generator) -> list[str]:
    """Different words of two or three syllables."""
    found: dict[str, None] = {}
    while len(found) < count:
        starts = rng.integers(len(_CONSONANTS), size=3)
        middles = rng.integers(len(_VOWELS), size=3)
        syllables = [_CONSONANTS[a] + _VOWELS[b] for a, b in zip(starts, middles, strict=True)]
        word = "".join(syllables[: rng.integers(2, 4)]) + _FINALS[rng.integers(len(_FINALS))]
        found[word.capitalize()] = None
    return list(found)


def pairs(pattern: str, n: int, asked: int, rng: np.random.Generator) -> np.ndarray:
    """The two documents of each query, int64[asked, 2].

    Of the pattern "dense" they are the first pairs, in order, of the fewest documents that have so
    many; of "random" any two; of "cycle" neighbours, of "disjoint" each document's only pair.
    """
    first = np.arange(asked)
    if pattern == "dense":
        core = core_size(asked)
        return np.stack(np.triu_indices(core, 1), axis=1)[:asked]
    if pattern == "cycle":
        return np.stack([first % n, (first + 1) % n], axis=1)
    if pattern == "disjoint":
        return np.stack([2 * first, 2 * first + 1], axis=1)
    return np.array([rng.choice(n, 2, replace=False) for _ in range(asked)])


def core_size(asked: int) -> int:
    """The fewest documents that have so many pairs."""
    size = 2
    while size * (size - 1) // 2 < asked:
        size += 1
    return size


def documents(wanted: np.ndarray, n: int, rng: np.random.Generator) -> tuple[list[str], list[str]]:
    """The texts of n documents and of a query for each row of `wanted`.

    A document likes what is asked for of it, and up to 45 things in all that nobody asks for.
    """
    likes = attributes(rng)
    asked, others = likes[: len(wanted)], likes[_ASKED:]
    own: list[list[str]] = [[] for _ in range(n)]
    for attribute, row in zip(asked, wanted.tolist(), strict=True):
        for document in row:
            own[document].append(attribute)
    names = made_up(800, rng)
    texts = []
    for liked in own:
        missing = max(0, _PER_DOCUMENT - len(liked))
        drawn = rng.choice(len(others), missing, replace=False, shuffle=False).tolist()
        things = liked + [others[i] for i in drawn]
        order = rng.permutation(len(things)).tolist()
        first, last = rng.integers(len(names), size=2)
        *most, final = [things[i] for i in order]
        texts.append(f"{names[first]} {names[last]} likes {', '.join(most)} and {final}.")
    return texts, [f"Who likes {attribute}?" for attribute in asked]
