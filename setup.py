"""Compiles every kernel of cext/; all else is in pyproject.toml."""

import sys
from pathlib import Path

from setuptools import setup

sys.path.insert(0, str(Path(__file__).parent / "cext"))
import build  # noqa: E402

setup(cffi_modules=[f"cext/build.py:{name}_kernel" for name in build.KERNELS])
