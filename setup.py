"""Compiles every kernel of cext/ and ships the list of papers; all else is in pyproject.toml."""

import shutil
import sys
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "cext"))
import build  # noqa: E402


class BuildWithPapers(build_py):
    """A wheel has no folder plugins/: the list goes into the core, which reads it from there."""

    def run(self):
        super().run()
        if not self.editable_mode:
            shutil.copy(HERE / "plugins" / "papers.csv", Path(self.build_lib) / "harness")


setup(
    cffi_modules=[f"cext/build.py:{name}_kernel" for name in build.KERNELS],
    cmdclass={"build_py": BuildWithPapers},
)
