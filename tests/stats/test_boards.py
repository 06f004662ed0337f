"""The board: what statistics get, against examples worked by hand."""

import numpy as np

from .boards import table


def test_failures_are_infinite_and_what_was_not_tried_is_absent():
    made = table({"a": {"x": 1.0, "y": 2.0}, "b": {"x": 2.0, "y": None}, "c": {"x": 4.0}}, seeds=2)
    assert made.labels == ("a", "c", "b")
    np.testing.assert_array_equal(made.cost_table, [[0, 0], [3, np.nan], [1, np.inf]])
    np.testing.assert_array_equal(made.case_ranks, [[1, 1], [3, np.nan], [2, 2]])
