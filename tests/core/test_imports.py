"""Imports go one way, packs import only the API, and each third-party package has one owner."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# Lower layers first; a module imports only from its own layer and those above it in this table.
LAYERS = [
    {"harness", "harness.kernels", "harness.paths", "harness.selectors", "harness.record"},
    {"harness.formats", "harness.spaces"},
    {"harness.items"},
    {"harness.sandbox", "harness.vitals", "harness.cgroup", "harness.findings"},
    {"harness.intervals", "harness.claim"},
    {"harness.api", "harness._kernels"},
    {"harness.answers", "harness.loading", "harness.machine", "harness.index", "harness.hookspecs"},
    {"harness.canary", "harness.sampling"},
    {"harness.instances", "harness.catalogue", "harness.cases", "harness.keys"},
    {"harness.run", "harness.remote"},
    {"harness.child"},
    {"harness.server", "harness.guard", "harness.watch", "harness.outcome"},
    {"harness.isolate"},
    {"harness.declare"},
    {"harness.papers"},
    {"harness.plan"},
    {"harness.doubts"},
    {"harness.repeat"},
    {"harness.measure"},
    {"harness.timing", "harness.timing_marks", "harness.timing_round", "harness.timing_worker"},
    {"harness.executors"},
    {"harness.fields", "harness.columns"},
    {"harness.results"},
    {"harness.store"},
    {"harness.resume", "harness.merge"},
    {"harness.repository"},
    {"harness.publish"},
    {"harness.replay"},
    {"harness.case_table"},
    {"harness.tables"},
    {"harness.statistics"},
    {"harness.tuning", "harness.effects", "harness.comparison", "harness.sides"},
    {"harness.search_curves"},
    {"harness.readings"},
    {"harness.estimates"},
    {"harness.claim_notes", "harness.verdicts"},
    {"harness.claims"},
    {"harness.claim_names"},
    {"harness.report", "harness.testing"},
    {"harness.cli"},
]

OWNERS = {
    "altair": ("harness/report/",),
    "cffi": (),  # at build time only
    "click": ("harness/cli/", "harness/hookspecs.py"),
    "jinja2": ("harness/report/",),
    "markupsafe": ("harness/report/",),
    "numpy": ("harness/",),
    "pandas": (
        "harness/tuning.py",
        "harness/case_table.py",
        "harness/tables.py",
        "harness/statistics/",
        "harness/claim_notes.py",
        "harness/claims.py",
        "harness/verdicts.py",
        "harness/report/",
        "harness/cli/table.py",
        "harness/cli/pages.py",
        "harness/hookspecs.py",
    ),
    "pluggy": ("harness/api.py", "harness/catalogue.py", "harness/hookspecs.py"),
    "psutil": ("harness/machine.py",),
    "pyperf": ("harness/timing.py", "harness/timing_round.py", "harness/timing_worker.py"),
    "rich": ("harness/cli/",),
    "scipy": (
        "harness/effects.py",
        "harness/sampling.py",
        "harness/intervals.py",
        "harness/statistics/",
        "harness/estimates.py",
        "harness/spaces.py",
    ),
    "vl_convert": ("harness/report/",),
}


def files(folder):
    return sorted(path for path in (ROOT / folder).rglob("*.py"))


def module_of(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports_of(path):
    """(module, line) of every import, at the top and inside functions; relative ones resolved."""
    package = module_of(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                inner = ROOT / Path(*f"{module}.{alias.name}".split("."))
                deeper = inner.is_dir() or inner.with_suffix(".py").exists()
                yield (f"{module}.{alias.name}" if deeper else module), node.lineno


def layer(module):
    best = max(
        (
            name
            for names in LAYERS
            for name in names
            if module == name or module.startswith(name + ".")
        ),
        key=len,
    )
    if best == "harness" and module != "harness":
        pytest.fail(f"{module} stands in no layer; give it one in {__file__}")
    return next(i for i, names in enumerate(LAYERS) if best in names)


@pytest.mark.parametrize("path", files("harness"), ids=module_of)
def test_the_core_imports_downwards_only(path):
    module = module_of(path)
    for imported, line in imports_of(path):
        if imported.partition(".")[0] == "harness":
            assert layer(imported) <= layer(module), (
                f"{path.relative_to(ROOT)}:{line}: {module} imports {imported}, which is above it"
            )
        assert not imported.startswith("bench_"), f"{path}:{line}: the core knows a pack by name"


@pytest.mark.parametrize("path", files("harness"), ids=module_of)
def test_each_third_party_package_has_one_owner(path):
    here = path.relative_to(ROOT).as_posix()
    for imported, line in imports_of(path):
        package = imported.partition(".")[0]
        if package == "harness" or package in sys.stdlib_module_names:
            continue
        assert package in OWNERS, f"{here}:{line} imports {package}, which has no owner"
        assert here.startswith(OWNERS[package]) if OWNERS[package] else False, (
            f"{here}:{line} imports {package}, which belongs to {OWNERS[package]}"
        )


@pytest.mark.parametrize("path", files("plugins"), ids=lambda path: path.stem)
def test_packs_import_the_api_and_their_own(path):
    pack = path.relative_to(ROOT / "plugins").parts[0]
    for imported, line in imports_of(path):
        top = imported.partition(".")[0]
        if top == "harness":
            assert imported.startswith("harness.api"), f"{path}:{line}: packs use harness.api only"
        if top.startswith("bench_"):
            assert top == pack, f"{path}:{line}: a pack imports another"


# Imported inside a method themselves, for what importing them does off the clock.
IMPORTED_LATE = {"_bm25s_numba.py"}


@pytest.mark.parametrize(
    "path",
    [path for path in files("plugins") if path.name not in IMPORTED_LATE],
    ids=lambda path: path.stem,
)
def test_solvers_import_slow_libraries_inside_functions(path):
    quick = {"numpy", "harness", "__future__", *sys.stdlib_module_names}
    tree = ast.parse(path.read_text())
    for node in tree.body:
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [node.module]
        else:
            continue
        for name in names:
            top = name.partition(".")[0]
            assert top in quick or top.startswith("bench_"), (
                f"{path}:{node.lineno}: import {name} inside the method that needs it"
            )


FORBIDDEN = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"}


@pytest.mark.parametrize("path", [*files("harness"), *files("plugins")], ids=module_of)
def test_nothing_is_unpickled_evaluated_or_given_to_a_shell(path):
    tree = ast.parse(path.read_text())
    for imported, line in imports_of(path):
        assert imported.partition(".")[0] not in FORBIDDEN, f"{path}:{line}"
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec"), f"{path}:{node.lineno}"
        for keyword in node.keywords:
            literal = isinstance(keyword.value, ast.Constant) and keyword.value.value is True
            shell = keyword.arg in ("shell", "allow_pickle") and literal
            assert not shell, f"{path}:{node.lineno}: {keyword.arg}=True"


def test_core_files_stay_small():
    long = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines())
        for path in files("harness")
        if len(path.read_text().splitlines()) > 400
    }
    assert not long, "cut these along a seam"


def test_kernels_are_built_without_unsafe_flags():
    text = (ROOT / "cext" / "build.py").read_text()
    flags = text[text.index("FLAGS") : text.index("]", text.index("FLAGS"))]
    assert "-ffp-contract=off" in flags
    assert "-ffast-math" not in flags
    assert "-march" not in flags
