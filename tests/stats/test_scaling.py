"""Exponents: against scipy, by hand, on made boards, and what solvers state."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.catalogue import Catalogue
from harness.findings import NotApplicable
from harness.index import Index
from harness.statistics._families import families, family_of
from harness.statistics.scaling import Scaling, fit, said

from .boards import board, run, timing
from .odd_boards import ODD, RULES, found_on

N = np.array([1, 2, 4, 8, 16]) * 1e3


# --- fits --------------------------------------------------------------------------------------


def test_a_fit_by_hand():
    found = fit(N, np.array([0.010, 0.0215, 0.046, 0.098, 0.21]))
    ends = (found.exponent.value, found.exponent.low, found.exponent.high)
    assert ends == pytest.approx((1.097308, 1.093446, 1.101170), abs=1e-6)
    robust = (found.theil_sen.value, found.theil_sen.low, found.theil_sen.high)
    assert robust == pytest.approx((1.097446, 1.0911, 1.1043), abs=5e-5)
    assert not found.drifts


@pytest.mark.parametrize(
    ("times", "local", "exponent"),
    [
        (N * np.log2(N), [1.138, 1.126, 1.116, 1.107], 1.1215),
        (1e3 * N + N**2, [1.585, 1.737, 1.848, 1.918], 1.776),
        (1e-3 + 1e-8 * N**2, [1.898, 1.973, 1.993, 1.998], 1.969),
    ],
    ids=["n log n", "n and n^2", "a fixed cost"],
)
def test_what_is_no_power_drifts(times, local, exponent):
    found = fit(N, times)
    assert found.local.tolist() == pytest.approx(local, abs=6e-4)
    assert found.exponent.value == pytest.approx(exponent, abs=6e-4)
    assert found.drifts
    assert f"drifts from {found.local[0]:.2f} to {found.local[-1]:.2f}" in said(N, found)


@given(
    st.lists(st.integers(1, 1000), min_size=3, max_size=9, unique=True),
    st.integers(0, 2**32 - 1),
    st.floats(-1, 3),
)
def test_fits_are_scipys(sizes, seed, exponent):
    x = np.array(sizes, float)
    y = x**exponent * np.random.default_rng(seed).lognormal(0, 0.1, len(x))
    found, line = fit(x, y), stats.linregress(np.log(x), np.log(y))
    assert found.exponent.value == pytest.approx(line.slope, abs=1e-7)
    reach = stats.t.ppf(0.975, len(x) - 2) * line.stderr
    assert found.exponent.high - found.exponent.value == pytest.approx(reach, rel=1e-5, abs=1e-7)


def test_units_and_order_do_not_matter():
    times = np.array([1.0, 2.3, 4.4, 9.7, 17.0])
    one, other = fit(N, times), fit(N[::-1] * 12, times[::-1] * 1e-6)
    assert other.exponent.value == pytest.approx(one.exponent.value)
    assert other.theil_sen.low == pytest.approx(one.theil_sen.low)
    np.testing.assert_allclose(other.local, one.local)


@pytest.mark.parametrize("exponent", [0, 1, 2.5, -1])
def test_an_exact_power_has_no_scatter_and_does_not_drift(exponent):
    found = fit(N, 3.0 * N**exponent)
    assert found.exponent.value == pytest.approx(exponent, abs=1e-9)
    assert found.exponent.high - found.exponent.low < 1e-9
    assert not found.drifts


def test_noise_seldom_looks_like_drift_and_its_interval_covers(rng):
    drifts = covered = 0
    for _ in range(400):
        found = fit(
            np.geomspace(100, 1e4, 6), np.geomspace(100, 1e4, 6) ** 2 * rng.lognormal(0, 0.1, 6)
        )
        drifts += found.drifts
        covered += found.exponent.low <= 2 <= found.exponent.high
    assert drifts / 400 < 0.11
    assert 0.92 <= covered / 400 <= 0.98


def test_too_few_sizes_are_told():
    line = np.array([1.0, 2.0, 4.0])
    assert said(line, fit(line, line)) == "too few: 3 sizes; too few: a factor of 4 in size"
    wide = np.array([1.0, 10.0, 100.0, 1000.0])
    assert said(wide, fit(wide, wide)) == ""
    two = fit(np.array([1.0, 2.0]), np.array([1.0, 8.0]))
    assert two.exponent.value == pytest.approx(3.0)
    assert math.isnan(two.exponent.low)


# --- families ----------------------------------------------------------------------------------


def test_families_differ_in_one_size_alone():
    cases = {
        "mix[n=100,k=5]": {"n": 100, "k": 5},
        "mix[k=5,n=200]": {"n": 200, "k": 5},
        "mix[n=200,k=5,draw=1]": {"n": 200, "k": 5},
        "mix[n=200,k=9]": {"n": 200, "k": 9},
        "mix[n=400,k=9,metric=cosine]": {"n": 400, "k": 9},
        "digits": {"n": 1797, "k": 10},
        "digits[k=100]": {"n": 1797, "k": 100},
    }
    assert families(cases, "n") == {
        "mix[k=5]": {"mix[n=100,k=5]": 100, "mix[k=5,n=200]": 200, "mix[n=200,k=5,draw=1]": 200}
    }
    assert families(cases, "k") == {
        "mix[n=200]": {"mix[k=5,n=200]": 5, "mix[n=200,k=5,draw=1]": 5, "mix[n=200,k=9]": 9},
        "digits": {"digits": 10, "digits[k=100]": 100},
    }
    assert families(cases, "m") == {}
    assert families({}, "n") == {}


def test_a_parameter_that_holds_the_size_is_it():
    assert family_of("graph[nodes=50,p=0.1]", {"n": 50, "m": 120}, "n") == "graph[p=0.1]"
    assert family_of("graph[k=50]", {"n": 50, "k": 50}, "n") == "graph[k=50]"
    assert family_of("what[", {"n": 50}, "n") == "what["


# --- boards ------------------------------------------------------------------------------------

SIZES = (100, 200, 400, 800, 1600, 3200)


def grown(exponents, sizes=SIZES, **options):
    """Solvers whose times grow with an exponent in n, and their memory with half of it."""
    rows = []
    for label, exponent in exponents.items():
        for n in sizes:
            facts = {"sizes": {"n": n, "k": 3}, "memory": 1000.0 * n ** (exponent / 2)}
            case = f"mix[n={n},k=3]"
            rows += [run(label, case, s, 1.0, seconds=1e-4 * n**exponent, **facts) for s in (0, 1)]
            if options.get("timed"):
                rows.append(timing(label, case, [1e-3 * n**exponent] * 3, **facts))
    return rows


def rows_of(finding):
    return {(row["label"], row["what"], row["by"]): row for row in finding.rows}


@pytest.mark.parametrize("timed", [False, True], ids=["traced", "timed"])
def test_exponents_of_time_and_memory_beside_the_theory(timed):
    stated = {"a": {"time": {"n": 2, "k": 0}, "memory": {"n": 1}}, "b": {"time": {"n": 1}}}
    made = board(grown({"a": 2.0, "b": 1.5}, timed=timed), growth=stated)
    finding = Scaling().compute(made)
    rows = rows_of(finding)
    assert set(rows) == {(label, what, "n") for label in "ab" for what in ("time", "memory")}
    for (label, what, _), row in rows.items():
        expected = {"a": 2.0, "b": 1.5}[label] * {"time": 1.0, "memory": 0.5}[what]
        for name in ("exponent", "theil_sen", "last"):
            assert row[name] == pytest.approx(expected, abs=1e-3)  # memory is in whole bytes
        assert (row["sizes"], row["first_size"], row["last_size"]) == (6, 100, 3200)
        assert row["said"] == ""
        assert row["family"] == "mix[k=3]"
    assert [rows[key]["theory"] for key in (("a", "time", "n"), ("a", "memory", "n"))] == [2, 1]
    assert [rows[key]["theory"] for key in (("b", "time", "n"), ("b", "memory", "n"))] == [1, None]
    assert "from 1.50" in finding.summary
    assert "1 of 2 measured ones are above" in finding.summary
    assert [plot.name for plot in finding.plots] == ["time", "memory"]
    assert set(finding.plots[0].columns["view"]) == {"n: mix[k=3]"}


def test_other_sizes_that_vary_alone_have_exponents_too():
    rows = [
        run("a", f"mix[n={n},k={k}]", 0, 1.0, seconds=1e-4 * n * k**2, sizes={"n": n, "k": k})
        for n, k in ((100, 2), (100, 4), (100, 8), (200, 8), (400, 8))
    ]
    rows = rows_of(Scaling().compute(board(rows)))
    assert rows["a", "time", "k"]["exponent"] == pytest.approx(2.0)
    assert rows["a", "time", "n"]["exponent"] == pytest.approx(1.0)
    assert rows["a", "time", "k"]["family"] == "mix[n=100]"


def test_the_median_of_a_size_counts():
    rows = grown({"a": 1.0})
    rows += [
        run("a", f"mix[n=3200,k=3,draw={d}]", 0, 1.0, seconds=seconds, sizes={"n": 3200, "k": 3})
        for d, seconds in ((1, 0.32), (2, 99.0))
    ]
    row = rows_of(Scaling().compute(board(rows)))["a", "time", "n"]
    assert row["exponent"] == pytest.approx(1.0)
    assert row["sizes"] == 6


def test_runs_that_were_cut_off_failed_or_are_too_short_do_not_count():
    rows = grown({"a": 2.0}, sizes=SIZES[:3])
    facts = {"sizes": {"n": 800, "k": 3}, "seconds": 5.0}
    rows += [run("a", "mix[n=800,k=3]", 0, 1.0, why="seconds", **facts)]
    rows += [run("a", "mix[n=800,k=3]", 1, None, "crashed", **facts)]
    rows += [run("a", "mix[n=50,k=3]", 0, 1.0, sizes={"n": 50, "k": 3}, seconds=1e-7)]
    finding = Scaling().compute(board(rows))
    row = rows_of(finding)["a", "time", "n"]
    assert (row["sizes"], row["exponent"]) == (3, pytest.approx(2.0))
    assert "too few" in row["said"]
    assert "hints, no more" in finding.summary
    assert any("1 traced runs" in note for note in finding.notes)


def test_a_timed_board_takes_no_time_from_traces():
    rows = grown({"a": 1.0}, timed=True)
    rows = [row for row in rows if not (row["kind"] == "timing" and "n=100," in row["case"])]
    row = rows_of(Scaling().compute(board(rows)))["a", "time", "n"]
    assert (row["sizes"], row["exponent"]) == (5, pytest.approx(1.0))


def test_without_growing_cases_there_is_no_exponent():
    with pytest.raises(NotApplicable):
        Scaling().compute(board(grown({"a": 1.0}, sizes=(100, 200))))


@pytest.mark.parametrize("rules", RULES)
@pytest.mark.parametrize("name", ODD)
def test_odd_boards(name, rules):
    found_on(Scaling(), name, rules)


# --- what solvers state ------------------------------------------------------------------------


def facts_of(tmp_path, line):
    file = tmp_path / "solver.py"
    file.write_text(
        f"from harness.api import Solver\nclass A(Solver):\n    problem = 'x'\n    {line}\n"
    )
    return Index(tmp_path / "index.json").facts(file)


def test_stated_growth_is_read_without_importing(tmp_path):
    growth = {"time": {"n": 2, "k": 0.5}, "memory": {}}
    facts = facts_of(tmp_path, f"growth: ClassVar = {growth}")
    assert facts["growth"] == growth
    assert facts["error"] == ""
    assert facts_of(tmp_path, "role = 'peer'")["growth"] == {}


@pytest.mark.parametrize(
    "wrong",
    [
        "{'time': 2}",
        "{'calls': {'n': 1}}",
        "{'time': {'n': 'two'}}",
        "{'time': {'n': True}}",
        "{'time': {3: 1}}",
        "{'time': {'n': 1e999}}",
        "('time', 'n', 2)",
    ],
)
def test_growth_of_another_form_is_told(tmp_path, wrong):
    facts = facts_of(tmp_path, f"growth = {wrong}")
    assert "exponents by measure and size" in facts["error"]
    assert facts["growth"] == {}


def test_the_catalogue_knows_what_solvers_state():
    entries = Catalogue().solvers_of("k_medoids")
    stated = {entry.stem: entry.growth for entry in entries}
    assert stated["pam"]["time"] == {"n": 2, "k": 1}
    assert stated["peer_kmedoids_fasterpam"] == {}
    for entry in entries:
        assert dict(entry.load().growth) == entry.growth
        assert hash(entry) == hash(entry)
