"""`bench new`: a commented, working solver, problem, statistic or pack to start from."""

from __future__ import annotations

import keyword
import textwrap
from importlib import resources
from pathlib import Path
from string import Template

import click

from harness.cli.common import open_catalogue, plugin_option
from harness.selectors import Misuse

_GENERIC = """\
# {problem} states no starter: see `bench show {problem}` for what data and answers are
raise NotImplementedError("yield an answer here")
yield None
"""


@click.group("new")
def command() -> None:
    """Write a commented, working solver, problem, statistic or pack to start from.

    \b
    bench new solver k_medoids/mine    ./mine.py, a solver in one file
    bench new problem partition        ./partition/, a problem with a first solver
    bench new statistic first_places   ./first_places.py, a statistic in one file
    bench new pack bench_acme          ./bench_acme/, a distribution to pip install
    """


@command.command("solver")
@click.argument("name", metavar="PROBLEM/NAME")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file; NAME.py here.")
@plugin_option
def new_solver(name: str, output: Path | None, plugins: tuple[Path, ...]) -> None:
    """Write a solver in one file, such as `bench new solver k_medoids/mine`."""
    problem, slash, stem = name.partition("/")
    if not slash:
        raise Misuse(f"{name!r} does not say for which problem; expected PROBLEM/NAME")
    _identifier(stem)
    catalogue = open_catalogue(plugins)
    entry = catalogue.problem(problem)
    if name in catalogue.solvers:
        raise Misuse(f"there is a solver {name} already; choose another name")
    starter = entry.load().starter or _GENERIC.format(problem=problem)
    imports = "\nimport numpy as np\n" if "np." in starter else ""
    path = output or Path(f"{stem}.py")
    text = _fill(
        "solver.py.txt",
        title=_words(stem),
        imports=imports,
        class_name=_class(stem),
        problem=problem,
        stem=stem,
        body=textwrap.indent(starter.rstrip(), " " * 8),
    )
    _write(path, text)
    others = "".join(f" --plugin {plugin}" for plugin in plugins)
    click.echo(
        f"{path} is written and works as it is; now\n"
        f"  bench check {path}{others}\n"
        f"  bench run {problem} --plugin {path}{others}"
    )


@command.command("problem")
@click.argument("name")
def new_problem(name: str) -> None:
    """Write a problem with a first solver, such as `bench new problem partition`."""
    _identifier(name)
    _problem_folder(Path(name), name)
    click.echo(
        f"{name}/ is written and works as it is; now\n"
        f"  bench check {name} --plugin {name}\n"
        f"  bench run {name} --plugin {name}\n"
        f"  bench new solver {name}/mine --plugin {name}"
    )


@command.command("statistic")
@click.argument("name")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The file; NAME.py here.")
def new_statistic(name: str, output: Path | None) -> None:
    """Write a statistic in one file, such as `bench new statistic first_places`."""
    from harness.statistics.shelf import statistics_of

    _identifier(name)
    if name in statistics_of(open_catalogue())[0]:
        raise Misuse(f"there is a statistic {name} already; choose another name")
    path = output or Path(f"{name}.py")
    _write(path, _fill("statistic.py.txt", title=_words(name), class_name=_class(name)))
    click.echo(
        f"{path} is written and works as it is; now\n"
        f"  bench statistics -S {path.stem} --plugin {path}\n"
        f"  bench report --plugin {path}"
    )


@command.command("pack")
@click.argument("name")
def new_pack(name: str) -> None:
    """Write a distribution to pip install, such as `bench new pack bench_acme`."""
    _identifier(name)
    root, package = Path(name), Path(name) / name
    _write(
        root / "pyproject.toml",
        _fill("pyproject.toml.txt", distribution=name.replace("_", "-"), package=name),
    )
    _write(package / "__init__.py", _fill("pack.py.txt"))
    problem = f"{name.removeprefix('bench_')}_partition"
    _problem_folder(package / problem, problem)
    click.echo(
        f"{name}/ is written and works as it is; now\n"
        f"  pip install -e ./{name}\n"
        f"  bench list {problem}\n"
        f"  bench run {problem}"
    )


def _problem_folder(folder: Path, name: str) -> None:
    title = _words(name)
    _write(folder / "__init__.py", f'"""{title}."""\n')
    _write(
        folder / "problem.py",
        _fill("problem.py.txt", title=title, class_name=_class(name), name=name),
    )
    _write(folder / "largest_first.py", _fill("baseline.py.txt", name=name))


def _fill(template: str, **values: str) -> str:
    text = resources.files("harness.cli").joinpath("templates", template).read_text("utf-8")
    return Template(text).substitute(values)


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise Misuse(f"{path} exists already, and is left as it is; choose another name") from None
    except OSError as error:
        raise Misuse(f"{path} can't be written ({error.strerror})") from None


def _identifier(name: str) -> None:
    if not name.isidentifier() or keyword.iskeyword(name) or name.startswith("_"):
        raise Misuse(
            f"{name!r} can't be the name of a module; expected letters, digits and underscores, "
            "not beginning with a digit or an underscore"
        )


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _class(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_") if part)
