"""Builders of the compiled kernels: one cffi module per header in this folder.

setup.py hands the names in `KERNELS` to cffi; each header is the C declaration and, stripped of
its preprocessor lines, the cffi declaration too, so that nothing is declared twice. A kernel
carries the digest of the sources it was compiled from, and results are keyed by it.
"""

import hashlib
import os
import re
from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
# No -ffast-math, no -march=native, no contraction: the same bits on every machine.
FLAGS = ["-std=c11", "-O3", "-ffp-contract=off", "-Wall", "-Wextra"]
KERNELS = sorted(path.stem for path in HERE.glob("*.h") if path.with_suffix(".c").exists())


def sources(name: str) -> list[Path]:
    """The files that kernel `name` is made of: <name>.c, <name>.h, and what they include."""
    found: list[Path] = []
    pending = [HERE / f"{name}.c", HERE / f"{name}.h"]
    while pending:
        path = pending.pop()
        if path in found:
            continue
        found.append(path)
        included = re.findall(r'^\s*#\s*include\s+"([^"]+)"', path.read_text(), re.MULTILINE)
        pending += [HERE / other for other in included]
    return sorted(found)


def digest(name: str) -> str:
    """SHA-256 over the sources of kernel `name` and the compiler flags."""
    total = hashlib.sha256(" ".join(FLAGS).encode())
    for path in sources(name):
        total.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return total.hexdigest()


def declarations(name: str) -> str:
    """The header as cffi reads it: without comments and preprocessor lines."""
    text = (HERE / f"{name}.h").read_text()
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    return "\n".join(line for line in text.splitlines() if not line.lstrip().startswith("#"))


def builder(name: str) -> FFI:
    ffi = FFI()
    ffi.cdef(declarations(name) + "\nextern const char kernel_digest[];")
    ffi.cdef("extern const char kernel_declarations[];")
    text = declarations(name)
    literal = "".join('"' + line.strip() + '\\n"\n' for line in text.splitlines() if line.strip())
    ffi.set_source(
        f"harness._kernels._{name}",
        f'#include "{name}.h"\n'
        f'const char kernel_digest[] = "{digest(name)}";\n'
        f"const char kernel_declarations[] = {literal};\n",
        sources=[os.path.relpath(HERE / f"{name}.c", Path.cwd())],
        include_dirs=[str(HERE)],
        depends=[str(path) for path in sources(name)],
        extra_compile_args=FLAGS,
    )
    return ffi


# cffi's setuptools hook looks its builders up by name in this module.
for _name in KERNELS:
    globals()[f"{_name}_kernel"] = builder(_name)
