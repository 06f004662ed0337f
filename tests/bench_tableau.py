"""Figures of the tableau kernels, for `make bench-self`."""

import statistics
import time
from pathlib import Path

import numpy as np
from bench_tools import in_turn, ratio, report


def first_samples(folder: Path) -> None:
    """From the text of a circuit to one sample: the inverse tableau and stim, coins all 0.

    Both give the reference sample, which is a function of the circuit, and it has to be the same
    bits. Of n = 10^4 qubits whose results are all random, the floor of a collapse after each
    measurement is to read half of a table of 50 MB and to write a part of it, 10^4 times: 25 s and
    more at 10 GB/s. Measuring 64 at a time, on rows that are needed later, passes over the table
    157 / 4 times: less than a second.
    """
    import stim

    from bench_quantum import _codes
    from bench_quantum._circuit import parse
    from bench_quantum.stabilizer_simulation import _families
    from bench_quantum.stabilizer_simulation._program import compile_circuit
    from bench_quantum.stabilizer_simulation._run import run_chp, run_inverse
    from bench_quantum.stabilizer_simulation.problem import StabilizerSimulation
    from harness.cases import make_case

    def random(n: int) -> str:
        case = make_case("stabilizer_simulation", StabilizerSimulation(), f"random[n={n}]")
        return _families.random(case, np.random.default_rng(n))

    ours = {"inverse tableau": run_inverse, "CHP": run_chp}
    large = _codes.surface_code(31, 31, 0)
    flat = str(stim.Circuit(large).flattened())
    races = [
        ("surface code d=3", _codes.surface_code(3, 3, 0), ["inverse tableau"], 99, ""),
        ("surface code d=31", large, ["inverse tableau"], 7, ""),
        ("the same without loops", flat, ["inverse tableau"], 7, ""),
        ("random Clifford n=10^3", random(1000), [*ours], 7, ""),
        ("random Clifford n=3 10^3", random(3000), [*ours], 3, ""),
        ("random Clifford n=10^4", random(10_000), ["inverse tableau"], 3, "<= 1.2, aim 1.0"),
    ]
    for what, text, names, rounds, wanted in races:
        for name in names:
            found: dict[str, np.ndarray] = {}

            def own(run=ours[name], text=text, found=found) -> None:
                program = compile_circuit(parse(text))
                found["own"] = run(program, np.zeros(program.n_coins, np.uint8))

            def rival(text=text, found=found) -> None:
                found["stim"] = stim.Circuit(text).reference_sample().astype(np.uint8)

            taken = in_turn(rival, own, rounds)
            if not np.array_equal(found["own"], found["stim"]):
                raise AssertionError(f"{what}: {name} and stim differ")
            figure = f"{ratio(taken)}; {np.median(taken[:, 1]):.3g} s"
            report(f"first sample, {what}: {name} / stim", figure, wanted)


def reading(folder: Path) -> None:
    """Text to arrays, against stim, and the parser in Python that tells what is wrong."""
    import stim

    from bench_quantum import _codes
    from bench_quantum._circuit import parse
    from bench_quantum._circuit_parser import read

    for d, rounds in ((3, 99), (31, 9)):
        looped = _codes.surface_code(d, d, 0.001)
        flat = str(stim.Circuit(looped).flattened())
        for what, text in ((f"d={d}", looped), (f"d={d} without loops", flat)):
            for name, rival in (("stim", stim.Circuit), ("parser in Python", read)):
                if rival is read and len(text) > 1_000_000:
                    continue

                def own(text=text) -> None:
                    parse(text)

                def theirs(text=text, rival=rival) -> None:
                    rival(text)

                taken = in_turn(theirs, own, rounds)
                speed = len(text) / np.median(taken[:, 1]) / 1e6
                figure = f"{ratio(taken)}; {speed:.3g} MB/s"
                report(f"reading a surface code, {what}: kernel / {name}", figure, "")


def settled_measurements(folder: Path) -> None:
    """Nanoseconds of a measurement whose result is settled, and how they grow with n.

    A row of n bits is read, n / 8 bytes; the stabilizers' product reads the table, n^2 / 2 bytes.
    """
    from bench_quantum._circuit import parse
    from bench_quantum.stabilizer_simulation._program import compile_circuit
    from bench_quantum.stabilizer_simulation._run import run_chp, run_inverse

    for name, run, sizes, count in (
        ("inverse tableau", run_inverse, (250, 500, 1000, 2000, 4000, 8000), 400_000),
        ("CHP", run_chp, (250, 500, 1000, 2000, 4000), 400),
    ):
        taken = []
        for n in sizes:
            rng = np.random.default_rng(n)
            layers = "".join(f"CX {' '.join(map(str, rng.permutation(n)))}\n" for _ in range(8))
            few, many = (
                compile_circuit(parse(f"{layers}REPEAT {rounds} {{\nM {q}\n}}"))
                for q in [" ".join(map(str, rng.integers(n, size=100)))]
                for rounds in (1, 1 + count // 100)
            )
            seconds = [
                statistics.median(_seconds(run, program) for _ in range(5))
                for program in (few, many)
            ]
            taken.append((seconds[1] - seconds[0]) / count * 1e9)
        slope = np.polyfit(np.log(sizes), np.log(taken), 1)[0]
        figure = f"{taken[0]:.3g} to {taken[-1]:.3g} ns, exponent {slope:.2f}"
        wanted = "exponent < 1.2" if run is run_inverse else "exponent >= 1.7"
        report(f"settled measurement, n={sizes[0]} to {sizes[-1]}: {name}", figure, wanted)


def _seconds(run, program) -> float:
    coins = np.zeros(program.n_coins, np.uint8)
    start = time.thread_time()
    run(program, coins)
    return time.thread_time() - start
