"""What the claims on tables rest on: cases that can be made, and the sizes that they speak of."""

import pytest

from bench_text.tabular_compression import claims
from bench_text.tabular_compression.problem import TabularCompression
from harness.cases import make_case
from harness.instances import case_rng

NAME, PROBLEM = "tabular_compression", TabularCompression()


def test_cases_of_claims_are_written_as_records_name_them():
    for text in {text for claim in claims.CLAIMS for text in claim.quantity.cases}:
        assert make_case(NAME, PROBLEM, text).text == text


@pytest.mark.parametrize("columns", claims._GROWING)
def test_rows_grow_with_columns(columns):
    case = make_case(NAME, PROBLEM, claims._GROWING[columns][0])
    assert case.n == columns
    assert case.m == pytest.approx(columns**1.5, rel=1e-3)


def test_models_stay_as_tables_grow():
    """Draw 3 is one model whatever the size: entropies differ by the drawn classes alone."""
    entropies = []
    for columns in (100, 200):
        case = make_case(NAME, PROBLEM, claims._GROWING[columns][2])
        entropies.append(PROBLEM.make(case, case_rng(NAME, case)).truth["entropy"])
    assert entropies[0] == pytest.approx(entropies[1], abs=0.1)
