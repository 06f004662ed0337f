"""Stored instances: named by their content, mapped read-only, the truth apart, never half there."""

import gc
import json
import mmap
import os
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from harness.api import Case, Data, Instance, InvalidCase, Problem
from harness.cases import make_case
from harness.instances import build, case_rng, load_tree, store

arrays = hnp.arrays(
    st.one_of(
        hnp.boolean_dtypes(),
        hnp.integer_dtypes(endianness="<"),
        hnp.unsigned_integer_dtypes(endianness="<"),
        hnp.floating_dtypes(endianness="<"),
        hnp.complex_number_dtypes(endianness="<"),
    ),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4),
)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**70), 2**70), st.floats(), st.text(), arrays
)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
    max_leaves=6,
)


def shown(tree):
    """All that a tree holds, types and bits too, as a text."""
    if isinstance(tree, Data):
        tree = tree.as_dict()
    if isinstance(tree, np.ndarray):
        return f"{tree.dtype.str}{tree.shape}{tree.tobytes().hex()}"
    if isinstance(tree, dict):
        return "{" + ",".join(f"{key!r}:{shown(value)}" for key, value in tree.items()) + "}"
    if isinstance(tree, list | tuple):
        return f"{type(tree).__name__}({','.join(map(shown, tree))})"
    return f"{type(tree).__name__}:{tree!r}"


class Counting(Problem):
    """Makes an instance of random numbers and counts how often."""

    families = {"numbers": {"n": 5}, "bad": {}}

    def __init__(self):
        self.made = 0

    def make(self, case, rng):
        self.made += 1
        return Instance(
            {"numbers": rng.random(case.n)}, {"secret": rng.random(3)}, {"n": case.n}, 0.5
        )


@pytest.fixture
def problem():
    return Counting()


def case(text="numbers"):
    return make_case("counting", Counting(), text)


# ---------------------------------------------------------------- content


@given(trees)
def test_a_tree_comes_back_as_it_was(tmp_path_factory, tree):
    stored = store(Instance(tree), tmp_path_factory.mktemp("tree"))
    assert shown(load_tree(stored.data)) == shown(tree)


@pytest.mark.parametrize(
    "tree",
    [
        {"a": np.zeros((0, 3)), "b": np.arange(3), "c": np.zeros(0)},
        {"a": np.zeros((0, 3))},
        {"a": np.array(3.5)},
        {"a": np.arange(6).reshape(2, 3).T},
        {"a": np.arange(3, dtype=">i4")},
        {"a": np.ones(5000), "b": np.ones(5000, "i1")},
        {"a": {"b": [np.float32(1.5), (None, True)]}},
        np.arange(4),
        [np.arange(4)],
        "text",
        None,
    ],
)
def test_odd_trees_come_back(tmp_path, tree):
    def native(part):
        if isinstance(part, np.ndarray):
            return np.ascontiguousarray(part, part.dtype.newbyteorder("=")).reshape(part.shape)
        if isinstance(part, np.generic):
            return part.item()
        if isinstance(part, dict):
            return {key: native(value) for key, value in part.items()}
        return type(part)(map(native, part)) if isinstance(part, list | tuple) else part

    assert shown(load_tree(store(Instance(tree), tmp_path).data)) == shown(native(tree))


def test_the_same_content_has_the_same_digest_in_any_cache(tmp_path):
    content = {"a": np.arange(5), "b": "text"}
    one = store(Instance(content, {"t": 1}), tmp_path / "one")
    two = store(Instance(dict(content), {"t": 1}), tmp_path / "two")
    assert one.digest == two.digest
    assert one.data != two.data


@given(trees, trees, trees, trees)
def test_other_content_has_another_digest(tmp_path_factory, data, truth, data2, truth2):
    cache = tmp_path_factory.mktemp("digests")
    one, two = store(Instance(data, truth), cache), store(Instance(data2, truth2), cache)
    assert (one.digest == two.digest) == (shown([data, truth]) == shown([data2, truth2]))


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (Instance(1, 23), Instance(12, 3)),
        (Instance([1], 2), Instance(2, [1])),
        (Instance(np.zeros(2)), Instance(np.zeros(2, "i8"))),
        (Instance(np.zeros(2)), Instance(np.array([0.0, -0.0]))),
        (Instance(np.zeros((2, 3))), Instance(np.zeros((3, 2)))),
        (Instance([]), Instance(())),
        (Instance({"a": 1}), Instance({"b": 1})),
        (Instance(1), Instance(1.0)),
        (Instance(None, 1), Instance(1, None)),
    ],
)
def test_content_that_is_easily_confused_is_told_apart(tmp_path, one, two):
    assert store(one, tmp_path).digest != store(two, tmp_path).digest


def test_any_changed_byte_changes_the_digest(tmp_path):
    array = np.arange(16, dtype=np.uint8)
    digests = {store(Instance(array), tmp_path).digest}
    for position in range(16):
        changed = array.copy()
        changed[position] ^= 1
        digests.add(store(Instance(changed), tmp_path).digest)
    assert len(digests) == 17


@pytest.mark.parametrize(
    "bad",
    [b"bytes", 1j, object(), np.array(["a"]), np.array([None]), {1: 2}, {1, 2}, (i for i in "ab")],
    ids=lambda value: type(value).__name__,
)
def test_what_is_not_plain_makes_no_instance(tmp_path, bad):
    with pytest.raises(InvalidCase, match="the instance"):
        store(Instance({"a": bad}), tmp_path)
    with pytest.raises(InvalidCase, match="the instance"):
        store(Instance(None, {"a": bad}), tmp_path)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_sizes_and_optimum_are_finite(tmp_path, value):
    with pytest.raises(InvalidCase, match=r"size 'n' .*finite"):
        store(Instance(1, sizes={"n": value}), tmp_path)
    with pytest.raises(InvalidCase, match=r"optimum .*finite"):
        store(Instance(1, optimum=value), tmp_path)


# ---------------------------------------------------------------- what a solver gets


def test_arrays_are_read_only_maps_of_the_file(tmp_path):
    data = load_tree(store(Instance({"a": np.arange(9.0), "e": np.zeros(0)}), tmp_path).data)
    base = data.a
    while isinstance(base, np.ndarray):
        base = base.base
    assert isinstance(base.obj if isinstance(base, memoryview) else base, mmap.mmap)
    for array in (data.a, data.e):
        assert not array.flags.writeable
        with pytest.raises(ValueError, match="WRITEABLE"):
            array.flags.writeable = True
    with pytest.raises(ValueError, match="read-only"):
        data.a[0] = 1.0
    with pytest.raises(AttributeError, match="read-only"):
        data.a = 1


def test_small_instances_that_are_held_need_no_descriptor(tmp_path):
    gc.collect()  # what earlier tests left mapped
    before = len(os.listdir("/proc/self/fd"))
    small = [store(Instance(np.arange(9.0) + i, {"b": np.ones(3)}), tmp_path) for i in range(5)]
    held = [stored.load() for stored in small]
    assert len(os.listdir("/proc/self/fd")) == before
    for i, instance in enumerate(held):
        assert instance.data.tolist() == (np.arange(9.0) + i).tolist()
        assert instance.truth.b.tolist() == [1.0] * 3
        for array in (instance.data, instance.truth.b):
            with pytest.raises(ValueError, match="WRITEABLE"):
                array.flags.writeable = True
    large = store(Instance(np.zeros(1 << 18)), tmp_path).load()
    assert len(os.listdir("/proc/self/fd")) == before + 1
    assert not large.data.any()


def test_every_array_begins_a_page(tmp_path):
    data = load_tree(store(Instance([np.ones(n, "i1") for n in (1, 5000, 7)]), tmp_path).data)
    assert all(array.ctypes.data % mmap.PAGESIZE == 0 for array in data)


def test_the_truth_lies_in_another_folder_than_the_data(tmp_path):
    secret = np.frombuffer(b"the planted optimum, in plain sight", np.uint8)
    stored = store(Instance({"a": np.arange(3)}, {"secret": secret, "word": "hunter2"}), tmp_path)
    assert stored.truth.parent != stored.data.parent
    for file in stored.data.iterdir():
        content = file.read_bytes()
        assert b"planted" not in content
        assert b"hunter2" not in content
        assert b"secret" not in content
    assert bytes(load_tree(stored.truth).secret) == bytes(secret)


def test_a_dict_reaches_the_solver_as_named_values(tmp_path):
    stored = store(Instance({"a": {"b": 1}, "c": (1, [2])}), tmp_path)
    data = load_tree(stored.data)
    assert (data.a, data["c"]) == ({"b": 1}, (1, [2]))


def test_stored_files_are_not_writable(tmp_path):
    stored = store(Instance(np.arange(3), 1), tmp_path)
    for folder in (stored.data, stored.truth):
        assert all(file.stat().st_mode & 0o222 == 0 for file in folder.iterdir())


# ---------------------------------------------------------------- the generator of a case


def draws(name, case):
    return case_rng(name, case).integers(2**62, size=4).tolist()


def test_the_generator_of_a_case_hangs_on_nothing_but_its_name_parameters_and_draw():
    before = draws("counting", case("numbers[n=7]"))
    np.random.seed(5)
    random.seed(5)
    assert draws("counting", case("numbers[n=7]")) == before
    others = [
        draws("other", case("numbers[n=7]")),
        draws("counting", case("numbers[n=8]")),
        draws("counting", case("numbers[n=7,draw=1]")),
        draws("counting", case("numbers[n=7,draw=2]")),
        draws("counting", case("bad")),
    ]
    assert len({str(found) for found in [before, *others]}) == 6


def test_a_case_written_otherwise_is_the_same_case():
    assert draws("p", case("numbers[ n = 5 ]")) == draws("p", case("numbers"))


def test_the_generator_of_a_case_stays_the_same_from_version_to_version():
    # Published instances are made from it: a change of these numbers is a change of them all.
    assert draws("toy", Case("numbers", {"n": 5}, 0, "numbers[n=5]")) == [
        1316167883323325408,
        3535439338505486593,
        1149674442677762668,
        3419183812973868478,
    ]


# ---------------------------------------------------------------- the cache


def test_an_instance_is_made_once(tmp_path, problem):
    one = build(problem, "counting", case(), "key", tmp_path)
    two = build(problem, "counting", case(), "key", tmp_path)
    assert one == two
    assert problem.made == 1
    assert one.sizes == {"n": 5.0}
    assert one.optimum == 0.5


@pytest.mark.parametrize(
    ("name", "text", "key"),
    [
        ("counting", "numbers", "another key"),
        ("counting", "numbers[n=6]", "key"),
        ("counting", "numbers[draw=1]", "key"),
        ("another", "numbers", "key"),
    ],
)
def test_an_instance_is_made_anew_where_what_decides_it_changed(tmp_path, problem, name, text, key):
    build(problem, "counting", case(), "key", tmp_path)
    build(problem, name, case(text), key, tmp_path)
    assert problem.made == 2


def test_a_new_key_with_the_same_content_shares_the_files(tmp_path, problem):
    one = build(problem, "counting", case(), "key", tmp_path)
    two = build(problem, "counting", case(), "another key", tmp_path)
    assert one == two


def test_the_cache_is_where_the_environment_says(cache, problem):
    stored = build(problem, "counting", case("numbers[n=3]"), "key")
    assert stored.data.is_relative_to(cache)


def test_what_makes_no_instance_is_not_kept(tmp_path, problem, monkeypatch):
    monkeypatch.setattr(problem, "make", lambda case, rng: {"not": "an instance"})
    with pytest.raises(InvalidCase, match=r"make\(\) of counting returned dict for numbers"):
        build(problem, "counting", case(), "key", tmp_path)
    monkeypatch.undo()
    assert build(problem, "counting", case(), "key", tmp_path).load().data.numbers.size == 5


def damage_nothing_left(file):
    file.unlink()


def damage_cut(file):
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content[: len(content) // 2])


def damage_empty(file):
    file.unlink()
    file.write_bytes(b"")


def damage_longer(file):
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content + b"more")


DAMAGES = [damage_nothing_left, damage_cut, damage_empty, damage_longer]


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda function: function.__name__)
@pytest.mark.parametrize("name", ["outline.json", "arrays.bin"])
@pytest.mark.parametrize("folder", ["data", "truth"])
def test_a_damaged_cache_is_mended(tmp_path, problem, damage, name, folder):
    before = build(problem, "counting", case(), "key", tmp_path)
    content = shown(before.load().data) + shown(before.load().truth)
    damage(getattr(before, folder) / name)
    after = build(problem, "counting", case(), "key", tmp_path)
    assert after == before
    assert shown(after.load().data) + shown(after.load().truth) == content
    assert leftovers(tmp_path) == []


@pytest.mark.parametrize(
    "content",
    ["", "{", "[]", "5", "null", "{}", '{"digest": 5}', '{"digest": "../../etc"}',
     '{"digest": "a\\u0000b", "sizes": {}, "optimum": null}', "[" * 100_000],
)  # fmt: skip
def test_a_spoilt_note_of_a_case_is_made_anew(tmp_path, problem, content):
    before = build(problem, "counting", case(), "key", tmp_path)
    (note,) = (tmp_path / "cases").iterdir()
    note.write_text(content)
    assert build(problem, "counting", case(), "key", tmp_path) == before
    assert problem.made == 2
    assert json.loads(note.read_text())["digest"] == before.digest


def leftovers(cache):
    return [path for path in cache.rglob("*") if path.name.startswith(".")]


def test_processes_that_build_at_the_same_time_agree(tmp_path):
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "from harness.cases import make_case\n"
        "from harness.catalogue import Catalogue\n"
        "from harness.instances import build\n"
        "entry = Catalogue([sys.argv[1]], Path(sys.argv[2]) / 'index.json').problem('toy_batch')\n"
        "problem = entry.load()\n"
        "sys.stdin.readline()\n"  # all at once
        "for n in range(1, 60):\n"
        "    case = make_case('toy_batch', problem, f'uniform[n={n}]')\n"
        "    stored = build(problem, 'toy_batch', case, 'key', Path(sys.argv[2]))\n"
        "    assert len(stored.load().data['values']) == n\n"
        "    print(stored.digest)\n"
    )
    toys = Path(__file__).parents[1] / "toys"
    command = [sys.executable, "-c", script, str(toys), str(tmp_path)]
    running = [
        subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(3)
    ]  # fmt: skip
    for process in running:
        process.stdin.write("go\n")
        process.stdin.flush()
    said = [process.communicate()[0].split() for process in running]
    assert all(process.returncode == 0 for process in running), said
    assert said[0] == said[1] == said[2]
    assert len(set(said[0])) == 59
    assert leftovers(tmp_path) == []
