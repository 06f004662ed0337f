"""docs/statistics.md is what the docstrings say, and nothing in it is markup by accident."""

from pathlib import Path

import pytest

from harness.catalogue import Catalogue
from harness.cli.explained import explained, markdown
from harness.statistics.shelf import statistics_of

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def text(cache):
    return explained()


def test_the_reference_of_the_statistics_is_fresh(text):
    written = (ROOT / "docs" / "statistics.md").read_text()
    assert written == text, "run `python -m harness.cli.explained > docs/statistics.md`"


def test_every_statistic_is_in_it_once(text):
    lines = text.splitlines()
    for name in statistics_of(Catalogue())[0]:
        assert sum(line.split(" · ")[0] == f"`{name}`" for line in lines) == 1


@pytest.mark.parametrize(
    ("doc", "shown"),
    [
        ("r[p,s] <= f * 2", r"r\[p,s\] \<= f \* 2"),
        ("`a_b` and c_d", r"`a_b` and c\_d"),
        ("One.\n\n    x_i * 2\n\nTwo_.", "One.\n\n    x_i * 2\n\nTwo\\_."),
    ],
)
def test_only_code_is_markup(doc, shown):
    assert markdown(doc) == shown
