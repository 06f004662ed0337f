"""Run every kernel under AddressSanitizer and UBSan: `python tests/kernels/sanitize.py`.

The kernel is compiled together with a driver in C, so that no Python is in the way. The exit code
is 0 where nothing was found, and where this compiler has no sanitizers, which is said.
"""

import importlib.util
import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parents[1] / "cext"
KERNELS = (
    "k_medoids",
    "canary",
    "finite_sum",
    "newton_schulz",
    "optimisers",
    "block_coordinate",
    "tableau",
    "chp",
    "pauli_frames",
    "circuit_text",
    "bpe",
    "entropy_coding",
    "entropy_coding_ans",
    "vector_search",
    "hnsw",
    "multi_vector",
    "bm25",
    "hamming",
)
SANITIZERS = ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g", "-O1"]
# UBSan alone cannot be told from within the source, and clones disturb it too.
NO_CLONES = ["-DNO_TARGET_CLONES"]
TYPES = {"float": "f32", "double": "f64"}


def compiler() -> list[str]:
    return shlex.split(os.environ.get("CC", "cc"))


def flags() -> list[str]:
    """The flags of the real build but for the optimisation, which the caller chooses."""
    spec = importlib.util.spec_from_file_location("build_of_kernels", SOURCES / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return [flag for flag in module.FLAGS if not flag.startswith("-O")]


def can_build(options: list[str], folder: Path) -> bool:
    """Whether this compiler builds, and this machine runs, a program with these options."""
    source = folder / "nothing.c"
    source.write_text("int main(void) { return 0; }\n")
    program = folder / "nothing"
    building = [*compiler(), *options, str(source), "-o", str(program)]
    try:
        for command in (building, [str(program)]):
            subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def compile_kernel(kernel: str, folder: Path, options: list[str]) -> Path:
    """The object file of a kernel."""
    return _compile(SOURCES / f"{kernel}.c", folder / f"{kernel}.o", options)


def compile_drivers(kernel: str, folder: Path, options: list[str]) -> list[Path]:
    """The object files of its driver, one for each type of entries."""
    return [
        _compile(
            HERE / f"drive_{kernel}.c",
            folder / f"drive_{kernel}_{suffix}.o",
            [f"-DREAL={real}", f"-DNAME(stem)=stem##_{suffix}", *options],
        )
        for real, suffix in TYPES.items()
    ]


def link(objects: list[Path], program: Path, options: list[str]) -> Path:
    run = [*compiler(), *options, *map(str, objects), "-lm", "-o", str(program)]
    subprocess.run(run, check=True)
    return program


def _compile(source: Path, compiled: Path, options: list[str]) -> Path:
    always = [*flags(), "-Werror", f"-I{SOURCES}"]
    run = [*compiler(), *always, *options, "-c", str(source), "-o", str(compiled)]
    subprocess.run(run, check=True)
    return compiled


def main() -> int:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not can_build(SANITIZERS, folder):
            print(f"skipped: {shlex.join(compiler())} has no AddressSanitizer and UBSan")
            return 0
        failed = 0
        for kernel in KERNELS:
            compiled = compile_kernel(kernel, folder, [*SANITIZERS, *NO_CLONES])
            for driver in compile_drivers(kernel, folder, SANITIZERS):
                program = link([driver, compiled], driver.with_suffix(""), SANITIZERS)
                code = subprocess.run([program]).returncode
                print(f"{program.name}: {'nothing found' if code == 0 else f'exit code {code}'}")
                failed += code != 0
        return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
