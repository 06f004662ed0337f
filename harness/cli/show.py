"""`bench show`: one problem, solver or paper in full."""

from __future__ import annotations

import dataclasses
import inspect
from pathlib import Path
from typing import Any

import click

from harness.catalogue import Catalogue, ProblemEntry, SolverEntry
from harness.cli.common import columns, format_option, open_catalogue, plugin_option, print_json
from harness.loading import PluginError
from harness.papers import Paper, load_papers, solvers_by_paper
from harness.selectors import Misuse, nearest


@click.command("show")
@click.argument("name")
@plugin_option
@format_option("text", "json")
def command(name: str, plugins: tuple[Path, ...], form: str) -> None:
    """Show a problem (k_medoids), a solver (k_medoids/pam) or a paper (its key) in full."""
    catalogue = open_catalogue(plugins)
    facts, text = _describe(catalogue, name)
    if form == "json":
        print_json(facts)
    else:
        click.echo(text)


def _describe(catalogue: Catalogue, name: str) -> tuple[dict[str, Any], str]:
    if name in catalogue.problems:
        return _problem(catalogue, catalogue.problems[name])
    if name in catalogue.solvers:
        return _solver(catalogue.solvers[name])
    papers = {paper.key: paper for paper in load_papers()}
    if name in papers:
        return _paper(catalogue, papers[name])
    same_stem = [entry for entry in catalogue.solvers.values() if entry.stem == name]
    if len(same_stem) == 1:
        return _solver(same_stem[0])
    hint = nearest(name, [*catalogue.problems, *catalogue.solvers, *papers])
    raise Misuse(
        f"there is no problem, solver or paper {name!r}; "
        + (hint or "`bench list` and `bench papers` name them")
    )


def _problem(catalogue: Catalogue, entry: ProblemEntry) -> tuple[dict[str, Any], str]:
    problem = entry.load()
    doc = inspect.cleandoc(type(problem).__doc__ or "")
    facts: dict[str, Any] = {
        "problem": entry.name,
        "title": problem.title,
        "kind": problem.kind,
        "cost": problem.cost_name,
        "pack": entry.pack,
        "doc": doc,
        "families": {name: dict(family) for name, family in problem.families.items()},
        "suites": {name: list(cases) for name, cases in problem.suites.items()},
        "solvers": [solver.name for solver in catalogue.solvers_of(entry.name)],
    }
    lines = [
        f"{click.style(entry.name, bold=True)}  {problem.title} ({problem.kind}), "
        f"cost: {problem.cost_name}",
        "",
        doc,
        "",
        click.style("Cases", bold=True) + " (name[parameter=value,...]; draw=1 is another draw)",
        columns(
            [
                (name, ", ".join(f"{key}={value}" for key, value in family.items()))
                for name, family in problem.families.items()
            ]
        ),
        "",
        click.style("Suites", bold=True),
        columns([(name, ", ".join(cases)) for name, cases in problem.suites.items()]),
        "",
        click.style("Solvers", bold=True),
        columns([(s.stem, s.role, s.summary) for s in catalogue.solvers_of(entry.name)]),
        "",
        f"bench run {entry.name} runs the smoke suite",
    ]
    return facts, "\n".join(lines)


def _solver(entry: SolverEntry) -> tuple[dict[str, Any], str]:
    from harness.declare import Declarer, NotMade
    from harness.report.subjects import written

    try:
        with Declarer() as declarer:
            parameters = declarer.parameters(entry)
    except NotMade as error:
        raise PluginError(f"{entry.source.file}: {error}") from None
    said = written(entry.source.file)
    doc = said.module or said.own
    facts = {
        "solver": entry.name,
        "role": entry.role,
        "papers": list(entry.papers),
        "requires": list(entry.requires),
        "pack": entry.pack,
        "file": entry.source.file,
        "doc": doc,
        "parameters": parameters,
    }
    lines = [f"{click.style(entry.name, bold=True)}  {entry.role}", "", doc, ""]
    if parameters:
        lines += [
            click.style("Parameters", bold=True) + " and their defaults",
            columns([(name, str(default)) for name, default in parameters.items()]),
            "",
        ]
    for paper in entry.papers:
        lines.append(f"paper     {paper}")
    for name in entry.requires:
        lines.append(f"requires  {name}")
    lines += [
        f"file      {entry.source.file}",
        "",
        f"bench run {entry.problem} -s {entry.stem}",
    ]
    return facts, "\n".join(lines)


def _paper(catalogue: Catalogue, paper: Paper) -> tuple[dict[str, Any], str]:
    solvers = solvers_by_paper(catalogue, {paper.key}).get(paper.key, [])
    facts = {**dataclasses.asdict(paper), "works": bool(solvers), "solvers": solvers}
    facts["class"] = facts.pop("kind")
    lines = [
        click.style(paper.title, bold=True),
        "",
        f"key      {paper.key}",
        f"family   {paper.family}",
        f"class    {paper.kind}",
        f"solvers  {', '.join(solvers) or 'none yet'}",
    ]
    return facts, "\n".join(lines)
