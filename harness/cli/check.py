"""`bench check`: hold solvers and problems against the conformance kit."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.common import format_option, open_catalogue, plugin_option, print_json
from harness.selectors import Misuse


@click.command("check")
@click.argument("targets", nargs=-1, required=True, metavar="NAME_OR_FILE...")
@click.option(
    "--as-of", metavar="DATE", help="Leave out checks that are newer, such as 2026-12-31."
)
@click.option("-v", "--verbose", is_flag=True, help="Also say what each passed check saw.")
@plugin_option
@format_option("text", "json")
def command(
    targets: tuple[str, ...],
    as_of: str | None,
    verbose: bool,
    plugins: tuple[Path, ...],
    form: str,
) -> int:
    """Hold solvers and problems against the conformance kit.

    A target is a solver (k_medoids/pam), a problem with all its solvers (k_medoids), or the path of
    a plugin file or folder. The exit code is 1 where a check fails.

    \b
    bench check mine.py
    bench check k_medoids/fasterpam 'k_medoids/pam[init=lab]'
    """
    from harness.testing import FAILED, NOT_APPLICABLE, Lab, conformance

    for target in targets:
        if target.endswith(".py") and not Path(target).exists():
            raise Misuse(f"{target}: there is no such file")
    open_catalogue(plugins)  # says what can't be used at all
    results = []
    with Lab() as lab:
        items = [item for t in targets for item in conformance(t, plugins, as_of, lab)]
        for item in items:
            result = item.result()
            results.append(result)
            if form == "text":
                colour = {FAILED: "red", NOT_APPLICABLE: "bright_black"}.get(result.status, "green")
                mark = {FAILED: "failed", NOT_APPLICABLE: "–     "}.get(result.status, "passed")
                line = f"{click.style(mark, fg=colour)}  {result.subject}: {result.check}"
                if result.status != "passed" or verbose:
                    line += f": {result.sentence}"
                click.echo(line)
    failed = sum(result.status == FAILED for result in results)
    if form == "json":
        print_json(
            [
                {
                    "subject": result.subject,
                    "check": result.check,
                    "status": result.status,
                    "sentence": result.sentence,
                    "seconds": result.seconds,
                }
                for result in results
            ]
        )
    else:
        passed = sum(result.status == "passed" for result in results)
        click.echo(
            f"{passed} passed, {failed} failed, {len(results) - passed - failed} not applicable"
        )
    return 1 if failed else 0
