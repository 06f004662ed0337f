"""Statistics of the harness are sound on every odd board, and what is not sound is told."""

import numpy as np
import pytest
from stats.boards import table
from stats.odd_boards import ODD, board

from harness.catalogue import Catalogue
from harness.findings import Column, Finding, NotApplicable, Statistic
from harness.statistics.shelf import statistics_of
from harness.statistics.sound import MOST_ROWS, Fault, sound_finding

X = Column("x", "X", "number")


@pytest.fixture(scope="module")
def shelf(cache):
    found, complaints = statistics_of(Catalogue())
    assert complaints == []
    return found


class Given(Statistic):
    """Gives what it was made with."""

    title = "Given"

    def __init__(self, finding):
        self._finding = finding

    def compute(self, board):
        return self._finding


def fault(finding):
    with pytest.raises(Fault) as caught:
        sound_finding(Given(finding), None)
    return str(caught.value)


@pytest.mark.parametrize("odd", ODD)
def test_our_statistics_are_sound_on_odd_boards(odd, shelf):
    judged = board(ODD[odd])
    for name, statistic in shelf.items():
        try:
            sound_finding(statistic, judged)
        except NotApplicable:
            pass
        except Fault as told:
            pytest.fail(f"{name}: {told}")


def test_numbers_of_numpy_become_plain():
    row = {"x": np.float64(1.5), "n": np.int32(3), "b": np.bool_(True), "t": np.str_("a")}
    found = sound_finding(Given(Finding("It.", (X,), [row])), None)
    assert [type(value) for value in found.rows[0].values()] == [float, int, bool, str]


def test_rows_may_come_from_a_generator_and_lists_may_stand_for_tuples():
    finding = Finding("It.", [X], ({"x": i} for i in range(3)), notes=["One."])
    found = sound_finding(Given(finding), None)
    assert [row["x"] for row in found.rows] == [0, 1, 2]
    assert (found.columns, found.notes) == ((X,), ("One.",))


@pytest.mark.parametrize(
    ("finding", "told"),
    [
        (Finding(7), "the summary is a int, expected a text"),
        (Finding("It.", notes="One."), "the notes are a str, expected a tuple"),
        (Finding("It.", X), "the columns are a Column, expected a tuple"),
        (Finding("It.", ("x",)), "a column is a str"),
        (Finding("It.", (X,), {"x": 1}), "the rows are a dict, expected a list of dicts"),
        (Finding("It.", (X,), [[1]]), "row 1 is a list, expected a dict"),
        (Finding("It.", (X,), [{"x": 10**400}]), "beyond 64 bits"),
        (
            Finding("It.", (Column("x", "X", low="least"),), [{"x": 1}]),
            "no row has the key 'least'",
        ),
        (Finding("It.", plots=("lines",)), "a plot is a str"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_can_not_be_shown_is_told(finding, told):
    said = fault(finding)
    assert told in said
    assert "mend outsider/test_sound.py" in said


def test_as_many_rows_as_are_allowed_are_shown():
    rows = [{"x": 1}] * MOST_ROWS
    assert len(sound_finding(Given(Finding("It.", (X,), rows)), None).rows) == MOST_ROWS
    assert "more than 100,000 rows" in fault(Finding("It.", (X,), [*rows, {"x": 1}]))


def test_what_does_not_apply_is_no_fault(shelf):
    alone = table({"a": {"x": 1.0, "y": 2.0}})
    with pytest.raises(NotApplicable):
        sound_finding(shelf["critical_difference"], alone)
