"""Tabular decompression: what is written, what an answer tells, what each solver reads."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest

import bench_text.tabular_decompression as board
from bench_text.tabular_compression._container import decode, read_head
from bench_text.tabular_decompression import _formats
from bench_text.tabular_decompression.adaptive_arithmetic import AdaptiveArithmetic
from bench_text.tabular_decompression.bzip2 import Bzip2
from bench_text.tabular_decompression.deflate import Deflate
from bench_text.tabular_decompression.latent_blocks import LatentBlocks
from bench_text.tabular_decompression.lz78 import LZ78
from bench_text.tabular_decompression.lzma2 import LZMA2
from bench_text.tabular_decompression.peer_isal import PeerISAL
from bench_text.tabular_decompression.problem import TabularDecompression
from bench_text.tabular_decompression.zstd import Zstd
from harness.api import Data, Instance, InvalidAnswer, InvalidCase, Solver
from harness.cases import make_case
from harness.instances import case_rng
from harness.loading import Source, load_class

PROBLEM = TabularDecompression()
NAME = "tabular_decompression"
STEMS = sorted(
    path.stem for path in Path(board.__file__).parent.glob("[a-z]*.py") if path.stem != "problem"
)
# each solver's choices and the format that it must be scored as
CHOICES = {
    "adaptive_arithmetic": [
        ({"by": by}, f"kt {by}") for by in ("table", "rows", "columns")
    ],
    "ans": [({}, "ans table")],
    "latent_blocks": [
        ({"base": base}, f"{base} blocks")
        for base in ("kt", "ans", "lz78", "deflate", "bzip2", "lzma")
    ],
    "latent_zstd": [({}, "zstd blocks")],
    "peer_isal": [
        ({"order": order}, f"deflate {order}") for order in ("rows", "columns", "blocks")
    ],
    "stored": [({}, "stored rows")],
    **{
        stem: [({"order": order}, f"{coder} {order}") for order in ("rows", "columns")]
        for stem, coder in {
            "lz78": "lz78", "deflate": "deflate", "bzip2": "bzip2", "lzma2": "lzma", "zstd": "zstd",
        }.items()
    },
}  # fmt: skip


def make(text):
    case = make_case(NAME, PROBLEM, text)
    return PROBLEM.make(case, case_rng(NAME, case))


def solver_of(stem, parameters):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")(**parameters)
    for name in solver.requires:
        pytest.importorskip(name, reason=f"{stem} needs {name}")
    return solver


def answer_of(solver, instance):
    data = instance.data if isinstance(instance.data, Data) else Data(instance.data)
    (answer,) = solver.solve(data, np.random.default_rng(0))
    return answer


def tables_of(instance):
    """Each container as the board's decoder for strangers reads it."""
    shape = instance.data["m"], instance.data["n"]
    return {
        name: decode(container, shape, instance.data["letters"])
        for name, container in instance.data["containers"].items()
    }


@pytest.fixture(scope="module")
def instance():
    return make("dirichlet[m=300,n=50]")


def test_all_solvers_are_tried_here():
    assert sorted(CHOICES) == STEMS


@pytest.mark.parametrize(
    ("stem", "parameters", "name"),
    [(stem, *choice) for stem, choices in CHOICES.items() for choice in choices],
)
@pytest.mark.parametrize("text", ["dirichlet[m=300,n=50]", "uniform[m=20,n=90,letters=300]"])
def test_a_solver_reads_the_format_that_it_names(stem, parameters, name, text, instance):
    instance = instance if text.startswith("dirichlet") else make(text)
    solver = solver_of(stem, parameters)
    answer = answer_of(solver, instance)
    np.testing.assert_array_equal(answer, tables_of(instance)[name])
    cost, scores = PROBLEM.score(instance, answer)
    size = len(instance.data["containers"][name])
    assert cost == 0
    assert scores["bytes"] == size
    assert scores["bits"] == 8 * size / instance.sizes["entries"]
    assert scores["gap"] == scores["bits"] - instance.truth["entropy"]


@pytest.mark.parametrize("text", [*PROBLEM.suites["edge"], *PROBLEM.suites["smoke"]])
def test_cases_of_all_kinds_are_decoded(text):
    instance = make(text)
    for stem, choices in CHOICES.items():
        solver = solver_class_or_none(stem)
        if solver is not None:
            for parameters, _ in choices:
                cost, _ = PROBLEM.score(instance, answer_of(solver(**parameters), instance))
                assert cost == 0


def solver_class_or_none(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    solver = load_class(Source(module.__file__, module.__name__), Solver, "solver")
    missing = [name for name in solver.requires if importlib.util.find_spec(name) is None]
    return None if missing else solver


# What is written


def test_containers_are_of_the_formats_that_they_are_named_by(instance):
    for name, container in instance.data["containers"].items():
        coder, layout, transposed = _formats.FORMATS[name]
        head, _ = read_head(container)
        assert (head.coder, head.layout, head.transposed) == (coder, layout, transposed)
    for coder in ("kt", "ans", "deflate"):
        head, _ = read_head(instance.data["containers"][f"{coder} blocks"])
        assert (head.row_classes, head.column_classes) == (3, 3)


def test_formats_hold_one_table_but_for_marks_of_their_own(instance):
    tables, common = tables_of(instance), instance.truth["table"]
    places = [np.flatnonzero(table != common) for table in tables.values()]
    assert [len(own) for own in places] == [15] * len(tables)  # 15,000 entries
    assert len(np.unique(np.concatenate(places))) == 15 * len(tables)


def test_instances_repeat():
    one, other = make("two_laws[m=60,n=20]"), make("two_laws[m=60,n=20]")
    for name, container in one.data["containers"].items():
        np.testing.assert_array_equal(container, other.data["containers"][name])
    np.testing.assert_array_equal(one.truth["table"], other.truth["table"])


def test_without_zstandard_its_formats_are_missing(monkeypatch):
    found = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "zstandard" else found(name),
    )
    assert not any("zstd" in name for name in make("uniform[m=3,n=4]").data["containers"])


def test_a_case_that_makes_no_table_is_refused():
    with pytest.raises(InvalidCase, match="m is 0, expected a whole number 1 to"):
        make("dirichlet[m=0]")


# What an answer tells


def test_the_common_table_is_of_no_format(instance):
    with pytest.raises(InvalidAnswer, match="15 of 15000 entries are wrong if this is the table"):
        PROBLEM.score(instance, instance.truth["table"])


def test_a_wrong_letter_is_told(instance):
    answer = tables_of(instance)["kt blocks"].copy()
    place = next(  # no mark of any format
        p for p in range(answer.size) if p not in instance.truth["places"]
    )
    row, column = divmod(place, 50)
    right = int(answer[row, column])
    answer[row, column] = right ^ 1
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(instance, answer)
    assert str(caught.value) == (
        "1 of 15000 entries are wrong if this is the table of 'kt blocks', to which it comes "
        f"nearest: row {row}, column {column} holds {right ^ 1}, expected {right}"
    )


def test_marks_of_two_formats_are_of_neither(instance):
    tables, truth = tables_of(instance), instance.truth
    answer = tables["stored rows"].copy()
    other = list(instance.data["containers"]).index("kt blocks")
    answer.flat[truth["places"][other]] = truth["letters"][other]
    with pytest.raises(InvalidAnswer, match="15 of 15000 entries are wrong"):
        PROBLEM.score(instance, answer)


def test_one_mark_that_is_missing_is_told(instance):
    answer = tables_of(instance)["deflate rows"].copy()
    number = list(instance.data["containers"]).index("deflate rows")
    place = instance.truth["places"][number][7]
    answer.flat[place] = instance.truth["table"].flat[place]
    with pytest.raises(InvalidAnswer, match=r"1 of 15000 entries .* 'deflate rows'"):
        PROBLEM.score(instance, answer)


def test_a_table_of_several_formats_counts_as_the_largest():
    instance = make("uniform[m=30,n=7,letters=1]")
    _, scores = PROBLEM.score(instance, np.zeros((30, 7), np.uint8))
    assert scores["bytes"] == max(map(len, instance.data["containers"].values()))


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (None, "the answer is None, expected an array of integers, 2 x 3"),
        ([[0, 0, 0], [0, 0, 0]], "the answer is of type list, expected"),
        (np.zeros((2, 3)), "the answer is an array of float64, expected"),
        (np.zeros((2, 3), bool), "the answer is an array of bool, expected"),
        (np.zeros((3, 2), int), "the answer has shape (3, 2), expected"),
        (np.zeros(6, int), "the answer has shape (6,), expected"),
        (np.full((2, 3), -1), "6 of 6 entries are wrong"),
        (np.full((2, 3), 2**63, np.uint64), "6 of 6 entries are wrong"),
        (np.full((2, 3), 256), "6 of 6 entries are wrong"),
    ],
)
def test_what_is_no_answer(answer, sentence):
    table = {"table": np.zeros((2, 3), np.uint8), "places": np.zeros((1, 0), int)}
    truth = {**table, "letters": np.zeros((1, 0), np.uint8)}
    instance = Instance({"containers": {"only": np.zeros(9, np.uint8)}}, truth, {})
    with pytest.raises(InvalidAnswer) as caught:
        PROBLEM.score(instance, answer)
    assert sentence in str(caught.value)


def test_any_width_of_integers_is_an_answer(instance):
    table = tables_of(instance)["kt rows"]
    expected = PROBLEM.score(instance, table)
    for dtype in (np.int8, np.uint64, ">i4"):
        assert PROBLEM.score(instance, table.astype(dtype)) == expected
    assert PROBLEM.score(instance, np.asfortranarray(table)) == expected


def test_right_answers_mean_the_same(instance):
    forms = [PROBLEM.normal(instance, table) for table in tables_of(instance).values()]
    for form in forms:
        np.testing.assert_array_equal(form, instance.truth["table"])


@pytest.mark.parametrize("stored", [False, True])
def test_exchanged_rows_and_columns_are_the_same_containers(stored, instance, rng):
    if stored:  # as the harness reads an instance from its cache
        data = {**instance.data, "containers": Data(instance.data["containers"])}
        instance = Instance(Data(data), Data(instance.truth), instance.sizes, 0.0)
    (symmetry,) = PROBLEM.symmetries(instance, rng)
    for solver in (LatentBlocks(), LatentBlocks("ans"), Deflate("columns"), LZ78("rows")):
        turned = answer_of(solver, symmetry.instance)
        np.testing.assert_array_equal(symmetry.back(turned), answer_of(solver, instance))
        assert PROBLEM.score(symmetry.instance, turned) == PROBLEM.score(
            instance, symmetry.back(turned)
        )


@pytest.mark.parametrize(
    ("make_solver", "sentence"),
    [
        (lambda: LatentBlocks("zstd"), "base is 'zstd'; expected one of kt, ans, lz78"),
        (lambda: AdaptiveArithmetic("blocks"), "by is 'blocks'; expected one of table, rows"),
        (lambda: Deflate("blocks"), "order is 'blocks'; expected one of rows, columns"),
        (lambda: Bzip2("any"), "order is 'any'; expected one of rows, columns"),
        (lambda: LZMA2(""), "order is ''; expected one of rows, columns"),
        (lambda: LZ78("up"), "order is 'up'; expected one of rows, columns"),
        (lambda: Zstd("up"), "order is 'up'; expected one of rows, columns"),
        (lambda: PeerISAL("up"), "order is 'up'; expected one of rows, columns, blocks"),
    ],
)
def test_settings_that_are_refused(make_solver, sentence):
    with pytest.raises(ValueError, match="expected") as caught:
        make_solver()
    assert sentence in str(caught.value)
