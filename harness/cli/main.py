"""The group `bench`: it knows the names of its commands, and imports one only to call it."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

import harness

# Kept here so that `bench --help` imports no command; a test holds it against the commands.
COMMANDS = {
    "list": "List the problems and solvers that are installed.",
    "show": "Show a problem (k_medoids), a solver (k_medoids/pam) or a paper (its key) in full.",
    "run": "Run solvers on cases and record what they did.",
    "tune": "Try settings of every solver, so that boards can show them tuned.",
    "replay": "Run one recorded row again and say whether it agrees.",
    "merge": "Join results folders, or single run folders, into one.",
    "table": "Print results as a table.",
    "statistics": "Print what the statistics say of results.",
    "compare": "Compare two runs, machines, commits, solvers or results folders.",
    "report": "Write the results as a static site.",
    "publish": "Write the results as a static site to a branch of a git repository.",
    "claims": "Run what papers' claims need, and print the verdict on each.",
    "papers": "List the papers, and which of them work here.",
    "check": "Hold solvers and problems against the conformance kit.",
    "new": "Write a commented, working solver, problem, statistic or pack to start from.",
    "doctor": "Say what would disturb timings here, and what is broken.",
}

EPILOG = (
    "Exit codes: 0 all well; 1 findings (a run or a check failed); 2 misuse; "
    "3 the results can't be read or written; 130 interrupted."
)


class Commands(click.Group):
    """A group that knows the names of its commands, and imports one only to call it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name in COMMANDS:
            command: click.Command = importlib.import_module(f"harness.cli.{name}").command
            return command
        return _plugin_commands().get(name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = click.utils.make_str(args[0])
        command = self.get_command(ctx, name)
        if command is None:
            from harness.selectors import nearest

            hint = nearest(name, COMMANDS) or "`bench --help` names them all"
            raise click.UsageError(f"there is no command {name!r}; {hint}", ctx)
        return name, command, args[1:]


def _plugin_commands() -> dict[str, click.Command]:
    from harness.catalogue import Catalogue

    found: dict[str, click.Command] = {}
    for commands in Catalogue().hooks.hook.bench_commands():
        found.update({str(command.name): command for command in commands})
    return found


@click.group(
    cls=Commands,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(harness.__version__, "-V", "--version", prog_name="bench")
def bench() -> None:
    """Compare algorithms: register solvers, run them isolated and checked, publish the comparison.

    \b
    bench list                         what is installed
    bench run k_medoids                run a problem's smoke suite
    bench report                       write the pages
    bench new solver k_medoids/mine    start a solver of your own
    """


def main(arguments: list[str] | None = None) -> None:
    """Run `bench` and leave with its exit code."""
    # Instances are made in this process: their bytes must not depend on the number of cores.
    # `bench doctor` makes none, and tells whether the user's own environment sets limits.
    if (sys.argv[1:] if arguments is None else arguments)[:1] != ["doctor"]:
        for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
            os.environ.setdefault(name, "1")
    try:
        result: Any = bench.main(arguments, prog_name="bench", standalone_mode=False)
        sys.exit(result if isinstance(result, int) else 0)
    except click.exceptions.Exit as leave:
        sys.exit(leave.exit_code)
    except click.ClickException as error:
        _say(error.format_message())
        if isinstance(error, click.UsageError) and error.ctx is not None:
            _say(f"`{error.ctx.command_path} --help` says more", prefix="")
        sys.exit(2)
    except (click.Abort, KeyboardInterrupt):
        _say("interrupted")
        sys.exit(130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        sys.exit(_explain(error))


def _explain(error: Exception) -> int:
    """Say what went wrong in a sentence; faults of the harness itself keep their traceback."""
    from harness.loading import PluginError
    from harness.selectors import Misuse

    if isinstance(error, Misuse | PluginError):
        _say(str(error))
        return 2
    store = sys.modules.get("harness.store")
    if store is not None and isinstance(error, store.StoreError):
        _say(str(error))
        return 3
    raise error


def _say(sentence: str, prefix: str = "bench: ") -> None:
    click.echo(f"{click.style(prefix, bold=True)}{sentence}", err=True)


if __name__ == "__main__":
    main()
