"""The compiled kernels under sanitizers, and for one instruction set after the other."""

import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
import sanitize


def test_sanitizers_find_nothing(tmp_path):
    if not sanitize.can_build(sanitize.SANITIZERS, tmp_path):
        pytest.skip("this compiler has no AddressSanitizer and UBSan")
    done = subprocess.run([sys.executable, sanitize.__file__], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    """The kernel compiled for one set after the other, as its clones are for all of them."""
    if not sanitize.can_build(["-mavx512f"], tmp_path):
        pytest.skip("this compiler knows no AVX, so that there are no clones")
    drivers = sanitize.compile_drivers("k_medoids", tmp_path, [])

    def digests(option):
        folder = tmp_path / option
        folder.mkdir()
        options = ["-O3", *sanitize.NO_CLONES, f"-m{option}"]
        compiled = sanitize.compile_kernel("k_medoids", folder, options)
        programs = [sanitize.link([d, compiled], folder / d.stem, []) for d in drivers]
        return [subprocess.run([p], capture_output=True, text=True) for p in programs]

    with ThreadPoolExecutor(2) as pool:
        baseline, *others = pool.map(digests, ("sse2", "avx2", "avx512f"))
    assert [run.returncode for run in baseline] == [0, 0], [run.stdout for run in baseline]
    for runs in others:
        for run, expected in zip(runs, baseline, strict=True):
            if run.returncode != -signal.SIGILL:  # this processor lacks it
                assert run.stdout == expected.stdout
