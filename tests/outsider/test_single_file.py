"""A statistic in one file: `--plugin`, `bench new statistic`, and the example of the docs."""

import re
from pathlib import Path

import pytest
from cli.conftest import bench as bench  # the fixture

from harness.catalogue import Catalogue
from harness.selectors import Misuse

ROOT = Path(__file__).parents[2]
SAMPLE = ROOT / "results" / "sample"
ACME = Path(__file__).with_name("acme") / "bench_acme"
EXAMPLE = re.compile(r"<!-- example: .*? -->\n```python\n(.*?)```", re.DOTALL)


def test_the_example_of_the_docs_works(bench, tmp_path):
    (text,) = EXAMPLE.findall((ROOT / "docs" / "plugins.md").read_text())
    (tmp_path / "worst_case.py").write_text(text)
    arguments = ("--plugin", "worst_case.py", "--results", SAMPLE, "--format", "json")
    said = bench("statistics", "k_medoids", "-S", "worst_case", *arguments)
    assert (said.code, said.err) == (0, "")
    (found,) = said.json
    assert found["why_not"] is None
    figures = [row["above"] for row in found["rows"]]
    assert figures == sorted(figures)
    assert all(row["case"] for row in found["rows"])
    assert found["summary"] == f"{found['rows'][0]['label']} has the best worst case."


def test_a_new_statistic_works_in_the_terminal_and_on_the_page(bench, tmp_path):
    said = bench("new", "statistic", "best_of_all")
    assert "bench statistics -S best_of_all --plugin best_of_all.py" in said.out
    given = ("--plugin", "best_of_all.py", "--results", SAMPLE)
    said = bench("statistics", "-S", "best_of_all", *given)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("Best of all\n  First most often, on ")
    assert bench("report", *given).code == 0
    page = (tmp_path / "site" / "problems" / "k_medoids.html").read_text()
    assert 'id="statistic-best_of_all"' in page
    assert "First most often, on " in page
    assert (tmp_path / "site/data/k_medoids/best_of_all-shares.js").exists()


@pytest.mark.parametrize(("name", "told"), [("scaling", "already"), ("class", "can't be the name")])
def test_wrong_names_are_refused(bench, name, told):
    said = bench("new", "statistic", name)
    assert said.code == 2
    assert told in said.err


def test_a_statistic_is_told_apart_by_its_base(tmp_path):
    bases = {"Statistic": True, "api.Statistic": True, "Solver": False, "Finding": False}
    for number, (base, is_one) in enumerate(bases.items()):
        file = tmp_path / f"mine{number}.py"
        file.write_text(f'"""Mine."""\n\n\nclass Mine({base}):\n    pass\n')
        if is_one:
            (found,) = Catalogue([file]).statistics
            assert found.file == str(file)
        else:
            with pytest.raises(Misuse, match=r"for a statistic, a class derived from"):
                Catalogue([file])


def test_the_folder_of_a_pack_that_is_not_installed_gives_all_that_is_in_it(bench):
    said = bench("statistics", "--list", "--plugin", ACME, "--format", "json")
    assert "first_places" in {one["name"] for one in said.json}
    catalogue = Catalogue([ACME])
    assert {"signs/half", "k_medoids/stride"} <= set(catalogue.solvers)
    assert "statistics" not in {entry.problem for entry in catalogue.solvers.values()}
    claims = bench("claims", "--list", "--plugin", ACME, "--format", "json").json
    assert "first-places-are-fair" in {one["key"] for one in claims}


def test_a_name_that_is_taken_is_told(bench, tmp_path):
    (tmp_path / "scaling.py").write_text((ACME / "statistics" / "first_places.py").read_text())
    said = bench("statistics", "--list", "--plugin", "scaling.py")
    assert said.code == 0
    assert "the name 'scaling'" in said.err
    assert "rename the file" in said.err
