"""The solvers of tabular compression: known answers, what each finds, and what all must hold to."""

import importlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import bench_text.tabular_compression as board
from bench_text.tabular_compression import _latent
from bench_text.tabular_compression._container import decode, encode, read_head
from bench_text.tabular_compression._streams import ideal_bits
from bench_text.tabular_compression.adaptive_arithmetic import AdaptiveArithmetic
from bench_text.tabular_compression.ans import ANS
from bench_text.tabular_compression.bzip2 import Bzip2
from bench_text.tabular_compression.deflate import Deflate
from bench_text.tabular_compression.latent_blocks import LatentBlocks
from bench_text.tabular_compression.latent_zstd import LatentZstd
from bench_text.tabular_compression.lz78 import LZ78
from bench_text.tabular_compression.lzma2 import LZMA2
from bench_text.tabular_compression.problem import TabularCompression
from bench_text.tabular_compression.sorted_rows import SortedRows
from bench_text.tabular_compression.stored import Stored
from bench_text.tabular_compression.zstd import Zstd
from harness.api import Data, Instance, Solver
from harness.loading import Source, load_class

PROBLEM = TabularCompression()
STEMS = sorted(
    path.stem
    for path in Path(board.__file__).parent.glob("[a-z]*.py")
    if path.stem not in ("problem", "claims")
)


def solver_class(stem):
    module = importlib.import_module(f"{board.__name__}.{stem}")
    return load_class(Source(module.__file__, module.__name__), Solver, "solver")


def needs(solver):
    for name in solver.requires:
        pytest.importorskip(name, reason=f"{type(solver).__name__} needs {name}")
    return solver


@pytest.fixture(params=STEMS)
def any_solver(request):
    return needs(solver_class(request.param)())


def instance(table):
    table = np.array(table)
    table = table.astype(np.uint8 if table.max() < 256 else np.uint16)
    table.flags.writeable = False
    return Instance({"table": table, "letters": int(table.max()) + 1}, None, {})


def answers(solver, table, seed=0):
    data = Data(instance(table).data)
    return [found.copy() for found in needs(solver).solve(data, np.random.default_rng(seed))]


def bits(solver, table, seed=0):
    """Bits per entry of the last answer, which is checked."""
    return PROBLEM.score(instance(table), answers(solver, table, seed)[-1])[0]


def blocks(m, n, laws, seed=0):
    """A table drawn from laws, which sum to 1, and the classes of its rows and columns."""
    laws, rng = np.array(laws, float), np.random.default_rng(seed)
    rows, columns = (rng.integers(k, size=s) for s, k in zip((m, n), laws.shape, strict=False))
    cumulated = laws.cumsum(axis=2)[rows[:, None], columns]
    table = (rng.random((m, n, 1)) > cumulated[..., :-1]).sum(axis=2)
    return table.astype(np.uint16), rows.astype(np.int32), columns.astype(np.int32)


SAME_MEAN = [[[0.5, 0, 0, 0.5], [0, 0.5, 0.5, 0]], [[0, 0.5, 0.5, 0], [0.5, 0, 0, 0.5]]]


def same_classes(found, truth):
    """Whether two labellings mean the same."""
    pairs = set(zip(found.tolist(), truth.tolist(), strict=True))
    return len(pairs) == len(set(found.tolist())) == len(set(truth.tolist()))


def best(table, row_classes, column_classes, restarts=10, seed=0):
    rng = np.random.default_rng(seed)
    *_, found = _latent.best_classes(table, row_classes, column_classes, restarts, rng)
    return found


# What all solvers must hold to


@settings(max_examples=25)
@given(
    m=st.integers(1, 14),
    n=st.integers(1, 14),
    letters=st.sampled_from([1, 2, 3, 16, 17, 300]),
    seed=st.integers(0, 1000),
)
@example(m=1, n=1, letters=1, seed=0)
@example(m=1, n=14, letters=2, seed=0)
@example(m=14, n=1, letters=300, seed=0)
def test_every_answer_comes_back_and_none_is_longer_than_before(m, n, letters, seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(letters, size=(m, n))
    for stem in STEMS:
        solver = solver_class(stem)()
        if any(importlib.util.find_spec(name) is None for name in solver.requires):
            continue
        found = answers(solver, table, seed)
        for answer in found:
            PROBLEM.score(instance(table), answer)
        assert len(found[-1]) == min(map(len, found)), stem


def test_the_same_seed_gives_the_same_answers(any_solver):
    table, _, _ = blocks(60, 40, SAME_MEAN)
    one, other = answers(any_solver, table, 3), answers(any_solver, table, 3)
    assert [a.tobytes() for a in one] == [a.tobytes() for a in other]


def test_a_constant_table_takes_a_few_bytes(any_solver):
    found = answers(any_solver, np.full((100, 100), 3))[-1]
    # an order of 100 rows, or 141 phrases, the last letter of each of four, or 10,000 x 2 bits
    more = {SortedRows: 66, LZ78: 137, Stored: 2445}.get(type(any_solver), 0)
    assert len(found) < 60 + more


def test_a_solver_says_what_it_is(any_solver):
    assert any_solver.problem == "tabular_compression"
    assert bool(any_solver.papers) == (any_solver.role == "paper")
    assert any_solver.growth["time"] == {"entries": 1}


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda: LatentBlocks(base="zip"), "base is 'zip'; expected one of kt, ans"),
        (lambda: LatentBlocks(cells="bits"), "cells is 'bits'; expected one of any, bytes"),
        (lambda: LatentBlocks(row_classes=-1), "row_classes is -1; expected a whole number 0 to"),
        (lambda: LatentBlocks(column_classes=257), "column_classes is 257; expected"),
        (lambda: LatentBlocks(most_classes=0), "most_classes is 0; expected a whole number 1"),
        (lambda: LatentBlocks(restarts=0), "restarts is 0; expected a whole number 1 to 1000"),
        (lambda: LatentZstd(level=23), "level is 23; expected a whole number 1 to 22"),
        (lambda: Zstd(level=0), "level is 0; expected a whole number 1 to 22"),
        (lambda: Deflate(level=10), "level is 10; expected a whole number 1 to 9"),
        (lambda: Deflate(order="both"), "order is 'both'; expected one of any, rows, columns"),
        (lambda: Bzip2(cells="none"), "cells is 'none'; expected one of any, bytes, packed"),
        (lambda: LZMA2(level=1.5), "level is 1.5; expected a whole number 0 to 9"),
        (lambda: LZ78(order="up"), "order is 'up'; expected one of any, rows, columns"),
        (lambda: SortedRows(base="zstd"), "base is 'zstd'; expected one of kt, ans"),
        (lambda: AdaptiveArithmetic(by="cells"), "by is 'cells'; expected one of any, table"),
    ],
)
def test_settings_that_are_refused(make, sentence):
    with pytest.raises(ValueError, match="expected") as caught:
        make()
    assert sentence in str(caught.value)


# Known answers


@pytest.fixture
def by_rule():
    """120 x 40, three letters; and its classes."""
    i, j = np.arange(120)[:, None], np.arange(40)
    u, v = (i // 7) % 2, ((3 * j) // 5) % 2
    table = (2 * u + v + ((7 * i + 11 * j) % 5 == 0)) % 3
    return table.astype(np.uint16), u[:, 0].astype(np.int32), v.astype(np.int32)


def test_the_table_by_rule(by_rule):
    table, rows, columns = by_rule
    assert np.bincount(table.ravel()).tolist() == [2148, 1488, 1164]
    counts = [
        np.bincount(table[rows == a][:, columns == b].ravel(), minlength=3).tolist()
        for a in range(2)
        for b in range(2)
    ]
    assert counts == [[1008, 252, 0], [0, 1008, 252], [228, 0, 912], [912, 228, 0]]
    assert ideal_bits(np.bincount(table.ravel())) == pytest.approx(7397.36, abs=0.005)
    assert _latent.class_bits(table, rows, columns) == pytest.approx(3674.7278, abs=5e-5)


def test_the_classes_of_the_table_by_rule_are_found(by_rule):
    table, rows, columns = by_rule
    for seed in range(5):
        found = best(table, (2, 2), (2, 2), seed=seed)
        assert same_classes(found[0], rows)
        assert same_classes(found[1], columns)
    head = 6
    (*_, last) = answers(LatentBlocks(row_classes=2, column_classes=2), table)
    assert 8 * (len(last) - head) == pytest.approx(3674.73, abs=8)
    assert 8 * (len(answers(AdaptiveArithmetic(by="table"), table)[-1]) - 4) == pytest.approx(
        7397.36, abs=8
    )


def test_classes_of_equal_means_are_found():
    """A = 4, 2000 x 200: 1.0058 bits per entry, where numbers for letters would leave 2.0001."""
    table, rows, columns = blocks(2000, 200, SAME_MEAN)
    found = best(table, (1, 6), (1, 6))
    assert same_classes(found[0], rows)
    assert same_classes(found[1], columns)
    assert bits(LatentBlocks(), table) == pytest.approx(1.0058, abs=0.001)
    assert bits(AdaptiveArithmetic(by="table"), table) == pytest.approx(2.0001, abs=0.001)


@pytest.mark.parametrize(("e", "h", "latent"), [(0.05, 0.2864, 0.2894), (0.2, 0.7219, 0.7246)])
def test_bits_that_agree_with_their_classes(e, h, latent):
    """4000 x 400; by columns nothing can be gained."""
    same, other = [1 - e, e], [e, 1 - e]
    table, rows, columns = blocks(4000, 400, [[same, other], [other, same]])
    solver = LatentBlocks(most_classes=3, restarts=2)
    assert bits(solver, table) == pytest.approx(latent, abs=0.001)
    assert bits(AdaptiveArithmetic(by="columns"), table) == pytest.approx(1.0014, abs=0.001)
    truth = _latent.class_bits(table, rows, columns) / table.size
    assert h < truth < h + 0.004


def test_useless_classes_cost_little():
    table = np.random.default_rng(0).integers(4, size=(2000, 200))
    one = bits(AdaptiveArithmetic(by="table"), table)
    found = {}
    for k in (2, 4):
        classes = best(table.astype(np.uint16), (k, k), (k, k))
        container = encode(table, "kt", "blocks", classes=classes)
        found[k] = PROBLEM.score(instance(table), container)[0] - one
    # singular vectors of noise give classes that fit it a little
    assert found[2] == pytest.approx(0.0056, abs=0.002)
    assert found[4] == pytest.approx(0.011, abs=0.003)
    assert bits(LatentBlocks(), table) == one


def test_digits_by_counts():
    from sklearn.datasets import load_digits

    table = load_digits().data.astype(int)
    assert bits(AdaptiveArithmetic(by="columns"), table) == pytest.approx(2.45, abs=0.01)
    assert bits(LZMA2(order="rows", cells="bytes"), table) == pytest.approx(2.69, abs=0.01)
    wide = LatentBlocks(row_classes=10, column_classes=32)
    assert bits(wide, table) == pytest.approx(2.33, abs=0.05)  # k-means has its luck


# What the latent solvers do


def test_shuffled_lines_cost_the_same():
    table, _, _ = blocks(800, 100, SAME_MEAN)
    rng = np.random.default_rng(1)
    shuffled = table[rng.permutation(800)][:, rng.permutation(100)]
    # labels are coded by their counts, which no order changes
    assert bits(LatentBlocks(), shuffled) == pytest.approx(bits(LatentBlocks(), table), abs=2e-4)


@pytest.mark.parametrize("base", ["kt", "ans", "lz78", "deflate", "bzip2", "lzma"])
def test_every_base_coder_gains_from_blocks(base):
    table, _, _ = blocks(1000, 100, SAME_MEAN)
    first, *_, last = answers(LatentBlocks(base=base), table)
    assert len(last) < 0.8 * len(first)
    head, _ = read_head(last)
    assert (head.coder, head.layout) == (base, "blocks")
    assert (head.row_classes, head.column_classes) == (2, 2)


def test_zstandard_gains_from_blocks():
    table, _, _ = blocks(1000, 100, SAME_MEAN)
    first, *_, last = answers(LatentZstd(), table)
    assert len(last) < 0.8 * len(first)
    assert read_head(last)[0].coder == "zstd"


def test_the_numbers_of_classes_are_those_that_were_asked_for():
    table, _, _ = blocks(300, 60, SAME_MEAN)
    *_, last = answers(LatentBlocks(row_classes=2, column_classes=3), table)
    head, _ = read_head(last)
    assert (head.row_classes, head.column_classes) == (2, 3)


def test_more_classes_than_lines():
    """Four rows are four classes at most, each its own."""
    table = np.repeat(np.arange(4)[:, None], 30, axis=1)
    *_, last = answers(LatentBlocks(row_classes=10, column_classes=1), table)
    head, _ = read_head(last)
    assert (head.row_classes, head.column_classes) == (4, 1)


def test_more_classes_than_different_lines():
    table = np.repeat([[0, 1, 2], [2, 1, 0]], 10, axis=0)
    for seed in range(3):
        solver = LatentBlocks(row_classes=6, column_classes=6)
        decoded = decode(answers(solver, table, seed)[-1], table.shape, 3)
        np.testing.assert_array_equal(decoded, table)


@given(st.integers(2, 12), st.integers(2, 9), st.integers(2, 5), st.integers(0, 10**6))
def test_coordinates_are_those_of_the_full_decomposition(m, n, letters, seed):
    rng = np.random.default_rng(seed)
    table = rng.integers(letters, size=(m, n)).astype(np.uint16)
    letters = int(table.max()) + 1
    hot = np.eye(letters)[table]
    hot -= hot.mean(axis=(0, 1))
    _, values, _ = np.linalg.svd(hot.reshape(m, -1), full_matrices=False)
    found = _latent.coordinates(table, 2, rng)
    np.testing.assert_allclose(np.linalg.norm(found, axis=0), values[: found.shape[1]], atol=1e-4)
    gram = hot.reshape(m, -1) @ hot.reshape(m, -1).T
    # each is an eigenvector of the Gram matrix with its own squared length as value
    np.testing.assert_allclose(gram @ found, found * (found**2).sum(axis=0), atol=2e-3)


def test_clusters_far_apart_are_found_in_large_samples(rng):
    truth = rng.integers(4, size=20_000)
    points = 10 * np.eye(4)[truth] + rng.normal(size=(20_000, 4))
    found = _latent.clustered(points, 4, 10, rng)
    assert found.dtype == np.int32
    assert same_classes(found, truth)


def test_clusters_leave_no_gap(rng):
    points = np.zeros((10, 3))
    points[5:] = 1
    assert sorted(set(_latent.clustered(points, 3, 2, rng).tolist())) == [0, 1]
    assert not _latent.clustered(np.zeros((4, 2)), 3, 2, rng).any()
    assert not _latent.clustered(points, 1, 2, rng).any()


# What the baselines do


def test_orders_and_cells_are_what_they_say():
    table, _, _ = blocks(200, 50, SAME_MEAN)
    for solver, transposed, packed in [
        (Deflate(order="rows", cells="bytes"), False, False),
        (Bzip2(order="columns", cells="bytes"), True, False),
        (LZMA2(order="rows", cells="packed"), False, True),
        (LZ78(order="columns"), True, False),
    ]:
        (only,) = answers(solver, table)
        head, _ = read_head(only)
        assert (head.transposed, head.packed) == (transposed, packed)
    assert len(answers(Deflate(), table)) == 4
    assert len(answers(Deflate(), np.arange(40).reshape(8, 5))) == 2  # nothing to pack


def test_repeated_rows_are_for_those_that_look_for_repeats():
    rng = np.random.default_rng(0)
    table = rng.integers(4, size=(30, 100))[rng.integers(30, size=600)]
    assert bits(LZMA2(), table) < 0.4 < bits(LatentBlocks(), table)
    assert bits(SortedRows(base="lzma"), table) < bits(LZMA2(), table) + 0.1


def test_lz78_of_known_letters():
    """0, 00, 000, ... make 13 phrases of 91 letters; the 14th is the phrase of 9 once more."""
    (only,) = answers(LZ78(order="rows"), np.zeros((10, 10), int))
    ideal = np.log2(np.arange(1, 15)).sum()  # the letter itself is the only one
    assert 8 * (len(only) - 4) == pytest.approx(ideal, abs=8)


def test_ans_comes_near_counts():
    """Fixed frequencies cost what they take to be stored; 2000 letters of three kinds."""
    table = np.random.default_rng(0).choice(3, (40, 50), p=[0.7, 0.2, 0.1])
    counts = np.bincount(table.ravel())
    (only,) = answers(ANS(), table)
    entropy = -(counts * np.log2(counts / 2000)).sum()
    # head, length, which letters come, two frequencies; states of 8 bytes
    assert entropy < 8 * (len(only) - 5) < entropy + 8 * (1 + 6 + 32)
    blocked = bits(LatentBlocks(base="ans"), blocks(1000, 100, SAME_MEAN)[0])
    assert blocked == pytest.approx(bits(LatentBlocks(), blocks(1000, 100, SAME_MEAN)[0]), abs=0.01)


@pytest.mark.parametrize(
    ("letters", "width"), [(2, 1), (3, 2), (16, 4), (17, 8), (256, 8), (257, 16)]
)
def test_stored_letters_take_their_width(letters, width):
    table = np.full((8, 10), letters - 1)
    (only,) = answers(Stored(), table)
    head = 4 if letters < 128 else 5
    assert len(only) == head + 80 * width // 8


def test_sorted_rows_cost_their_order():
    table = np.random.default_rng(0).integers(2, size=(64, 1))
    (only,) = answers(SortedRows(base="kt"), table)
    ideal = np.log2(np.arange(1, 65)).sum() + ideal_bits(np.bincount(table.ravel()))
    assert 8 * (len(only) - 4) == pytest.approx(ideal, abs=8)
