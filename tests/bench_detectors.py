"""Figures of the samplers of stabilizer circuits, for `make bench-self`."""

import time
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report


def detectors(folder: Path) -> None:
    """Detectors of a rotated surface code, 31 x 31, 31 rounds, all noise 0.001, 10^4 shots.

    The floor is told first: the words that gates read and write, the errors, the bytes of the
    samples. Rivals are stim's ways to all the bits: into a file on the disk or /dev/null, or into
    memory, where it packs bit by bit; and its bare simulation, of which no caller has the bits in
    rows of shots. Ours gives an array in memory; once more with the reading of the
    text on both sides. Both are held against exact rates.
    """
    try:
        import stim
    except ImportError:
        report("detector sampling / stim", "stim is not installed", "<= 0.8")
        return
    from bench_quantum._circuit import parse
    from bench_quantum._codes import surface_code
    from bench_quantum.stabilizer_sampling._checks import check
    from bench_quantum.stabilizer_sampling._frames import drawn, sample
    from bench_quantum.stabilizer_sampling._program import lower
    from bench_quantum.stabilizer_sampling._truth import truth_of

    shots, rng = 10_000, np.random.default_rng(0)
    text = surface_code(31, 31, 0.001)
    circuit = parse(text)
    program = lower(circuit, detectors=True)
    truth = truth_of(circuit, True, rng)
    report("  floor: XORs of gates, errors, samples", _floor(circuit, program, shots), "")

    def ours() -> np.ndarray:
        *_, found = sample(program, shots, True, rng)
        return found

    def ours_from_text() -> np.ndarray:
        *_, found = sample(lower(parse(text), detectors=True), shots, True, rng)
        return found

    sampler = stim.Circuit(text).compile_detector_sampler()
    path = folder / "samples.b8"

    def into(where: str) -> None:
        sampler.sample_write(shots, filepath=where, format="b8", append_observables=True)

    def from_text() -> None:
        fresh = stim.Circuit(text).compile_detector_sampler()
        fresh.sample_write(shots, filepath="/dev/null", format="b8", append_observables=True)

    bare_circuit = stim.Circuit(text)

    def bare() -> None:
        for _ in range(10):
            stim.FlipSimulator(batch_size=shots // 10).do(bare_circuit)

    def memory() -> object:
        return sampler.sample(shots, bit_packed=True, append_observables=True)

    into(str(path))
    theirs = np.fromfile(path, np.uint8).reshape(shots, -1)
    names = ("detector", "detectors")
    worst = [
        check(truth, found, names, lambda count, rng: drawn(circuit, count, True, rng))
        for found in (ours(), theirs)
    ]
    told = f"{worst[0]:.2f} and {worst[1]:.2f} of what is allowed"
    report("  test of the law, ours and theirs", told, "< 1")
    what = "detectors of d = 31, 10^4 shots"
    rivals = (
        ("sample_write to /dev/null", lambda: into("/dev/null"), ours, 9, "<= 0.8"),
        ("the same, both from the text", from_text, ours_from_text, 9, "<= 0.8"),
        ("FlipSimulator, no output", bare, ours, 9, "<= 0.8"),
        ("sample_write to a file", lambda: into(str(path)), ours, 5, "<= 0.8"),
        ("sample, bit_packed", memory, ours, 3, ""),
    )
    for name, rival, own, rounds, wanted in rivals:
        taken = in_turn(rival, own, rounds)
        each = np.median(taken[:, 1]) / shots * 1e6
        report(f"{what} / stim: {name}", f"{ratio(taken)}; {each:.2f} us/shot", wanted)


def _floor(circuit, program, shots: int) -> str:
    """Seconds of XORs over as many rows as CX gates touch, beside errors and bytes to write."""
    from bench_quantum._circuit import CODE

    lengths = np.diff(circuit.first_target)
    pairs = float((circuit.times() * (circuit.opcodes == CODE["CX"]) * lengths).sum()) / 2
    words = (shots + 63) // 64
    rows = np.zeros((2, 64, words), np.uint64)
    start = time.perf_counter()
    for _ in range(1000):
        rows[0] ^= rows[1]
    one = (time.perf_counter() - start) / 64_000
    channels = [code for name, code in CODE.items() if name.startswith(("X_E", "DEPOL"))]
    noisy = np.isin(circuit.opcodes, channels)
    width = np.where(circuit.opcodes == CODE["DEPOLARIZE2"], 2, 1)
    errors = float((circuit.times() * noisy * lengths / width).sum()) * 0.001 * shots
    written = shots * program.bits / 8e6
    return f"{2 * pairs * one:.3f} s of XOR, {errors / 1e6:.2f}e6 errors, {written:.0f} MB"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        detectors(Path(name))
