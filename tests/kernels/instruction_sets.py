"""A kernel compiled for one instruction set after the other, as its clones are for all of them."""

import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sanitize


def assert_same_bits(kernel: str, folder: Path) -> None:
    """Hold what the kernel's drivers print with AVX against what they print without."""
    if not sanitize.can_build(["-mavx512f"], folder):
        pytest.skip("this compiler knows no AVX, so that there are no clones")
    drivers = sanitize.compile_drivers(kernel, folder, [])

    def runs(option: str) -> list[subprocess.CompletedProcess[str]]:
        own = folder / option
        own.mkdir()
        options = ["-O3", *sanitize.NO_CLONES, f"-m{option}"]
        compiled = sanitize.compile_kernel(kernel, own, options)
        programs = [sanitize.link([driver, compiled], own / driver.stem, []) for driver in drivers]
        return [subprocess.run([p], capture_output=True, text=True) for p in programs]

    with ThreadPoolExecutor(2) as pool:
        baseline, *others = pool.map(runs, ("sse2", "avx2", "avx512f"))
    assert [run.returncode for run in baseline] == [0, 0], [run.stdout for run in baseline]
    for found in others:
        for run, expected in zip(found, baseline, strict=True):
            if run.returncode != -signal.SIGILL:  # this processor lacks it
                assert run.stdout == expected.stdout
