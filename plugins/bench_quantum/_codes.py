"""Circuits made here, as text: memories of surface and repetition codes, and random circuits.

The codes are laid out, numbered and scheduled as those that Stim generates under the names
rotated_memory_x, rotated_memory_z, unrotated_memory_x, unrotated_memory_z and repetition_code, so
that figures about either are about both. All four kinds of noise have the same probability: after
each reset, after each gate, on the data before each round, before each measurement.
"""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from bench_quantum._gates import ONE_QUBIT, TWO_QUBITS

Place = tuple[int, int]

# Which neighbour a measuring qubit meets in each of four steps: hooks then lie across the errors
# that the code corrects.
_ROTATED_X = ((1, 1), (-1, 1), (1, -1), (-1, -1))
_ROTATED_Z = ((1, 1), (1, -1), (-1, 1), (-1, -1))
_UNROTATED = ((1, 0), (0, 1), (0, -1), (-1, 0))


def surface_code(
    distance: int, rounds: int, p: float, basis: str = "z", rotated: bool = True
) -> str:
    """A memory experiment: one logical qubit in `basis`, kept for so many rounds.

    Args:
        distance: at least 2. rounds: at least 1.
        p: of all noise; 0 leaves it out.
        basis: x or z, of what is prepared and measured at the end.
        rotated: distance^2 data qubits, or else about twice as many.
    """
    d = distance
    if rotated:
        index = {
            (x, y): int(x + (y - x % 2) * (d + 0.5))
            for x in range(2 * d + 1)
            for y in range(2 * d + 1)
            if x % 2 == y % 2
        }
        data = [(2 * x + 1, 2 * y + 1) for x in range(d) for y in range(d)]
        measured = [(2 * x, 2 * y) for x in range(d + 1) for y in range(d + 1)]
        measured = [
            (x, y)
            for x, y in measured
            if not (x in (0, 2 * d) and x % 4 != y % 4) and not (y in (0, 2 * d) and x % 4 == y % 4)
        ]
        checks = {
            "x": [at for at in measured if at[0] % 4 != at[1] % 4],
            "z": [at for at in measured if at[0] % 4 == at[1] % 4],
        }
        steps = {"x": _ROTATED_X, "z": _ROTATED_Z}
        line = 1
    else:
        places = [(x, y) for x in range(2 * d - 1) for y in range(2 * d - 1)]
        index = {(x, y): x + y * (2 * d - 1) for x, y in places}
        data = [(x, y) for x, y in places if x % 2 == y % 2]
        checks = {
            "x": [(x, y) for x, y in places if x % 2 > y % 2],
            "z": [(x, y) for x, y in places if x % 2 < y % 2],
        }
        steps = {"x": _UNROTATED, "z": _UNROTATED}
        line = 0
    logical = [at for at in data if at[1 if basis == "z" else 0] == line]
    data.sort(key=index.__getitem__)
    return _memory(index, data, checks, steps, logical, rounds, p, basis)


def _memory(
    index: dict[Place, int],
    data: list[Place],
    checks: dict[str, list[Place]],
    steps: Mapping[str, tuple[Place, ...]],
    logical: list[Place],
    rounds: int,
    p: float,
    basis: str,
) -> str:
    held = set(data)
    measured = sorted([*checks["x"], *checks["z"]], key=index.__getitem__)
    latest = {at: place - len(measured) for place, at in enumerate(measured)}  # of rec[]
    axis = "X" if basis == "x" else ""
    flips = "Z_ERROR" if basis == "x" else "X_ERROR"
    all_data = _numbers(index, data)
    all_measured = _numbers(index, measured)
    hadamard = _numbers(index, sorted(checks["x"], key=index.__getitem__))
    used = sorted([*data, *measured], key=index.__getitem__)
    lines = [f"QUBIT_COORDS({x}, {y}) {index[x, y]}" for x, y in used]
    lines += [f"R{axis} {all_data}", *_noise(flips, p, all_data)]
    lines += [f"R {all_measured}", *_noise("X_ERROR", p, all_measured)]

    cycle = ["TICK", *_noise("DEPOLARIZE1", p, all_data)]
    cycle += [f"H {hadamard}", *_noise("DEPOLARIZE1", p, hadamard)]
    for step in range(4):
        pairs = []
        for kind in ("x", "z"):
            dx, dy = steps[kind][step]
            for x, y in checks[kind]:
                partner = (x + dx, y + dy)
                if partner in held:
                    pair = [(x, y), partner] if kind == "x" else [partner, (x, y)]
                    pairs.append(_numbers(index, pair))
        cycle += ["TICK", f"CX {' '.join(pairs)}", *_noise("DEPOLARIZE2", p, " ".join(pairs))]
    cycle += ["TICK", f"H {hadamard}", *_noise("DEPOLARIZE1", p, hadamard)]
    cycle += ["TICK", *_noise("X_ERROR", p, all_measured), f"MR {all_measured}"]
    cycle += _noise("X_ERROR", p, all_measured)

    lines += cycle
    lines += [f"DETECTOR({x}, {y}, 0) rec[{latest[x, y]}]" for x, y in checks[basis]]
    again = [*cycle, "SHIFT_COORDS(0, 0, 1)"]
    again += [
        f"DETECTOR({x}, {y}, 0) rec[{latest[x, y]}] rec[{latest[x, y] - len(measured)}]"
        for x, y in measured
    ]
    lines += _repeated(rounds - 1, again)
    lines += [*_noise(flips, p, all_data), f"M{axis} {all_data}"]
    last = {at: place - len(data) for place, at in enumerate(data)}
    for x, y in checks[basis]:
        around = [(x + dx, y + dy) for dx, dy in steps[basis]]
        records = sorted((last[at] for at in around if at in last), reverse=True)
        records.append(latest[x, y] - len(data))
        lines.append(f"DETECTOR({x}, {y}, 1) {_records(records)}")
    kept = sorted((last[at] for at in logical), reverse=True)
    lines.append(f"OBSERVABLE_INCLUDE(0) {_records(kept)}")
    return "\n".join(lines) + "\n"


def repetition_code(distance: int, rounds: int, p: float) -> str:
    """A bit kept by a repetition code: distance >= 2 data qubits on a line, rounds >= 1."""
    data = " ".join(str(q) for q in range(0, 2 * distance - 1, 2))
    between = range(1, 2 * distance - 1, 2)
    measured = " ".join(str(q) for q in between)
    m = distance - 1
    everything = " ".join(str(q) for q in range(2 * distance - 1))
    lines = [f"R {everything}", *_noise("X_ERROR", p, everything)]
    cycle = ["TICK", *_noise("DEPOLARIZE1", p, data)]
    for side in (-1, 1):
        pairs = " ".join(f"{q + side} {q}" for q in between)
        cycle += [f"CX {pairs}", *_noise("DEPOLARIZE2", p, pairs), "TICK"]
    cycle += [*_noise("X_ERROR", p, measured), f"MR {measured}", *_noise("X_ERROR", p, measured)]
    lines += cycle
    lines += [f"DETECTOR({q}, 0) rec[{place - m}]" for place, q in enumerate(between)]
    again = [*cycle, "SHIFT_COORDS(0, 1)"]
    again += [
        f"DETECTOR({q}, 0) rec[{place - m}] rec[{place - 2 * m}]" for place, q in enumerate(between)
    ]
    lines += _repeated(rounds - 1, again)
    lines += [*_noise("X_ERROR", p, data), f"M {data}"]
    lines += [
        f"DETECTOR({q}, 1) rec[{place - m}] rec[{place - m - 1}] rec[{place - 2 * m - 1}]"
        for place, q in enumerate(between)
    ]
    return "\n".join([*lines, "OBSERVABLE_INCLUDE(0) rec[-1]"]) + "\n"


def random_circuit(rng: np.random.Generator, n: int, layers: int, p: float, share: float) -> str:
    """Random gates of all kinds on n qubits, all of which are measured in the end.

    Each layer pairs half of the qubits at random; the pairs get a random gate of two qubits, and
    the others one of one qubit. Then each qubit is measured with probability `share`, in a random
    basis, half of them with a reset; one of the results acts on a random qubit.

    Args:
        p: of depolarisation behind each gate and of flips of each result; 0 leaves it out.
    """
    ones, twos = list(ONE_QUBIT), list(TWO_QUBITS)
    flip = f"({p})" if p else ""
    lines = []
    for _ in range(layers):
        order = rng.permutation(n)
        paired, alone = order[: n // 4 * 2], order[n // 4 * 2 :]
        for a, b in paired.reshape(-1, 2):
            lines += [f"{twos[rng.integers(len(twos))]} {a} {b}"]
        for a in alone:
            lines += [f"{ones[rng.integers(len(ones))]} {a}"]
        lines += _noise("DEPOLARIZE2", p, " ".join(map(str, paired)))
        lines += _noise("DEPOLARIZE1", p, " ".join(map(str, alone)))
        measured = np.flatnonzero(rng.random(n) < share)
        for q in measured:
            name = ("M", "MX", "MY", "MR", "MRX", "MRY")[rng.integers(6)]
            lines.append(f"{name}{flip} {q}")
        if len(measured):
            gate = ("CX", "CY", "CZ")[rng.integers(3)]
            lines.append(f"{gate} rec[-{rng.integers(1, len(measured) + 1)}] {rng.integers(n)}")
    return "\n".join([*lines, f"M{flip} {' '.join(map(str, range(n)))}"]) + "\n"


def _numbers(index: dict[Place, int], places: Iterable[Place]) -> str:
    return " ".join(str(index[at]) for at in places)


def _records(numbers: Iterable[int]) -> str:
    return " ".join(f"rec[{number}]" for number in numbers)


def _noise(name: str, p: float, targets: str) -> list[str]:
    return [f"{name}({p}) {targets}"] if p and targets else []


def _repeated(rounds: int, lines: list[str]) -> Iterator[str]:
    if rounds > 0:
        yield f"REPEAT {rounds} {{"
        yield from lines
        yield "}"
