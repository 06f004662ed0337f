"""A small pack in a folder of its own, for tests that edit it and run it again."""

import json
import os
import subprocess
import sys
from pathlib import Path

PROBLEM = '''
"""Find the least of n numbers."""

from harness.api import Instance, InvalidAnswer, Problem


class Least(Problem):
    """Least number: an index into an array."""

    title = "least"
    cost_name = "value"
    families = {"line": {"n": 20}}
    suites = {"smoke": ["line", "line[n=30]"]}

    def make(self, case, rng):
        return Instance({"values": rng.random(case.n) + 1}, sizes={"n": case.n})

    def score(self, instance, answer):
        values = instance.data["values"]
        if type(answer) is not int or not 0 <= answer < len(values):
            raise InvalidAnswer("expected an index")
        return float(values[answer]), {}
'''

SOLVER = '''
"""{name}."""

from dataclasses import dataclass

from harness.api import Solver
{imports}

@dataclass(frozen=True)
class It(Solver):
    """{name}."""

    problem = "least"
    tries: int = 5

    def solve(self, data, rng):
        {first}
        for guess in rng.integers(len(data["values"]), size=self.tries):
            yield int(guess)
'''

NAMES = ("helped", "library", "plain")


def solver(name, imports="", first="pass"):
    """The text of a solver that guesses."""
    return SOLVER.format(name=name, imports=imports, first=first).lstrip()


class Pack:
    """A pack, a fake library that one of its solvers imports, and a results folder."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / "acme_pack"
        self.results = root / "results"

    def write(self):
        """Make the files."""
        board = self.folder / "least"
        board.mkdir(parents=True)
        (board / "problem.py").write_text(PROBLEM.lstrip())
        (board / "plain.py").write_text(solver("plain"))
        (board / "helped.py").write_text(
            solver("helped", "from acme_pack.least._helper import help_a_bit\n", "help_a_bit()")
        )
        (board / "_helper.py").write_text("def help_a_bit():\n    return 1\n")
        (board / "library.py").write_text(solver("library", first="import acme_lib"))
        (self.root / "site" / "acme_lib").mkdir(parents=True)
        (self.root / "site" / "acme_lib" / "__init__.py").write_text("")
        self.upgrade("1.0", old=None)
        return self

    def upgrade(self, version, old="1.0"):
        """Install the fake library in this version."""
        site = self.root / "site"
        info = site / f"acme_lib-{version}.dist-info"
        if old is not None:
            (site / f"acme_lib-{old}.dist-info").rename(info)
        info.mkdir(exist_ok=True)
        (info / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: acme-lib\nVersion: {version}\n"
        )
        (info / "top_level.txt").write_text("acme_lib\n")

    def edit(self, name, text="# edited\n"):
        """Append to a file of the pack."""
        with (self.folder / "least" / name).open("a") as file:
            file.write(text)

    def command(self, *arguments):
        """A command line of `bench` with this pack and these results."""
        command = [sys.executable, "-m", "harness.cli.main", *map(str, arguments)]
        return [*command, "--plugin", str(self.folder), "--results", str(self.results)]

    def environment(self, **more):
        """The environment in which the fake library is found."""
        path = [str(self.root / "site"), os.environ.get("PYTHONPATH", "")]
        return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path)), **more}

    def bench(self, *arguments, **more):
        """Run `bench` in a process of its own, where no module is loaded yet."""
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=120,
        )

    def explained(self, *arguments, **more):
        """`bench run --explain` as JSON."""
        said = self.bench(
            *("run", "least", "-n", 2, "--no-timings", "--explain", "--format", "json", *arguments),
            **more,
        )
        assert said.returncode == 0, said.stderr
        return json.loads(said.stdout)
