"""The kernels of multi-vector retrieval against their definitions, written out."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from harness.kernels import KernelError, kernel

KERNEL = kernel("multi_vector")
LANES = KERNEL.mv_lanes()
CENTRES = 256


def packed(query):
    q, d = query.shape
    found = np.full(-(-q // LANES) * LANES * d, np.nan, np.float32)
    KERNEL.mv_pack(np.ascontiguousarray(query), q, d, found)
    return found


def chamfer(tokens, offsets, documents, query):
    out = np.full(len(documents), np.nan)
    KERNEL.mv_chamfer(
        tokens, tokens.shape[1], offsets, documents, len(documents), packed(query), len(query), out
    )
    return out


def sets(rng, lengths, d):
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    return rng.normal(size=(offsets[-1], d)).astype(np.float32), offsets


def dot_in_order(x, y):
    total = np.float32(0)
    for a, b in zip(x, y, strict=True):
        total = np.float32(total + np.float32(a * b))
    return total


def test_panels_hold_the_query_by_entries(rng):
    query = rng.normal(size=(LANES + 3, 5)).astype(np.float32)
    first, second = packed(query).reshape(2, 5, LANES)
    assert (first == query[:LANES].T).all()
    assert (second[:, :3] == query[LANES:].T).all()
    assert not second[:, 3:].any()


@settings(max_examples=60)
@given(
    lengths=st.lists(st.integers(0, 21), min_size=1, max_size=6),
    d=st.integers(1, 19),
    q=st.sampled_from([1, 2, 31, 32, 33, 70]),
    seed=st.integers(0, 1000),
)
def test_similarities_are_chamfers(lengths, d, q, seed):
    rng = np.random.default_rng(seed)
    tokens, offsets = sets(rng, lengths, d)
    query = rng.normal(size=(q, d)).astype(np.float32)
    documents = rng.integers(len(lengths), size=7)
    expected = [
        sum((tokens[offsets[i] : offsets[i + 1]].astype(float) @ row).max() for row in query)
        if lengths[i]
        else -np.inf
        for i in documents
    ]
    np.testing.assert_allclose(chamfer(tokens, offsets, documents, query), expected, atol=1e-4)


def test_similarities_are_sums_in_the_order_of_entries(rng):
    tokens, offsets = sets(rng, [9, 1, 12, 5], 17)
    query = rng.normal(size=(35, 17)).astype(np.float32)
    expected = []
    for a, b in pairwise(offsets):
        best = [max(dot_in_order(token, row) for token in tokens[a:b]) for row in query]
        total = 0.0
        for value in best:
            total += float(value)
        expected.append(total)
    assert chamfer(tokens, offsets, np.arange(4), query).tolist() == expected


def test_negative_products_are_not_taken_for_what_fills_a_panel(rng):
    tokens = -np.ones((3, 4), np.float32)
    query = np.ones((2, 4), np.float32)
    assert chamfer(tokens, np.array([0, 3]), np.array([0]), query).tolist() == [-8.0]


def test_an_empty_document_is_infinitely_far(rng):
    tokens, offsets = sets(rng, [2, 0], 3)
    assert chamfer(tokens, offsets, np.array([1]), tokens[:1])[0] == -np.inf


@settings(max_examples=40)
@given(
    q=st.integers(1, 40), seed=st.integers(0, 1000), lengths=st.lists(st.integers(0, 9), min_size=2)
)
def test_coded_tokens(q, seed, lengths):
    rng = np.random.default_rng(seed)
    width = q + int(rng.integers(3))
    scores = rng.normal(size=(11, width)).astype(np.float32)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    codes = rng.integers(11, size=offsets[-1]).astype(np.int32)
    out = np.full(len(lengths) - 1, np.nan)
    workspace = np.empty(width, np.float32)
    KERNEL.mv_chamfer_coded(scores, width, codes, offsets, 1, len(lengths), q, workspace, out)
    expected = [
        scores[codes[offsets[i] : offsets[i + 1]], :q].max(axis=0).astype(float).sum()
        if lengths[i]
        else -np.inf
        for i in range(1, len(lengths))
    ]
    np.testing.assert_allclose(out, expected, rtol=1e-12)


def encode(psi, codes, offsets, bits, width, mean, fill):
    repetitions = codes.shape[1]
    count = len(offsets) - 1
    out = np.full((count, repetitions, 1 << bits, width), np.nan, np.float32)
    workspace = np.empty(2 << bits, np.int64)
    KERNEL.mv_encode(
        psi, codes, offsets, count, repetitions, bits, width, mean, fill, workspace, out
    )
    return out


def encoded_by_hand(psi, codes, offsets, bits, width, mean, fill):
    repetitions = codes.shape[1]
    out = np.zeros((len(offsets) - 1, repetitions, 1 << bits, width))
    for i in range(len(offsets) - 1):
        own = range(offsets[i], offsets[i + 1])
        for r in range(repetitions):
            for b in range(1 << bits):
                there = [t for t in own if codes[t, r] == b]
                block = psi[there, r].astype(float)
                if there:
                    out[i, r, b] = block.mean(axis=0) if mean else block.sum(axis=0)
                elif fill and len(own):
                    nearest = min(own, key=lambda t, r=r, b=b: (int(codes[t, r]) ^ b).bit_count())
                    out[i, r, b] = psi[nearest, r]
    return out


@settings(max_examples=80)
@given(
    lengths=st.lists(st.integers(0, 9), min_size=1, max_size=4),
    bits=st.integers(0, 5),
    width=st.integers(1, 9),
    repetitions=st.integers(1, 3),
    mean=st.booleans(),
    fill=st.booleans(),
    seed=st.integers(0, 1000),
)
def test_encodings(lengths, bits, width, repetitions, mean, fill, seed):
    rng = np.random.default_rng(seed)
    offsets = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    psi = rng.normal(size=(offsets[-1], repetitions, width)).astype(np.float32)
    codes = rng.integers(1 << bits, size=(offsets[-1], repetitions)).astype(np.uint16)
    arguments = (psi, codes, offsets, bits, width, mean, fill)
    np.testing.assert_allclose(encode(*arguments), encoded_by_hand(*arguments), atol=1e-5)


@settings(max_examples=40)
@given(n=st.integers(0, 20), width=st.integers(1, 11), seed=st.integers(0, 1000))
def test_the_nearest_centre(n, width, seed):
    rng = np.random.default_rng(seed)
    stride = width + int(rng.integers(4))
    rows = rng.integers(-3, 4, size=(n, stride)).astype(np.float32)
    centres = rng.integers(-3, 4, size=(CENTRES, width)).astype(np.float32)  # with equal ones
    codes = np.zeros(n, np.uint8)
    KERNEL.mv_pq_assign(rows, n, stride, width, centres.T.copy(), codes)
    distances = ((rows[:, None, :width] - centres) ** 2).sum(axis=2)
    assert codes.tolist() == distances.argmin(axis=1).tolist()


@pytest.mark.parametrize("n", [0, 1, 4095, 4096, 4097, 9000])
def test_looked_up_products(n, rng):
    codes = rng.integers(CENTRES, size=(7, n)).astype(np.uint8)
    table = rng.normal(size=(7, CENTRES)).astype(np.float32)
    out = np.full(n, np.nan, np.float32)
    KERNEL.mv_pq_scan(codes, n, 7, table, out)
    expected = np.zeros(n, np.float32)
    for part in range(7):
        expected += table[part, codes[part]]
    assert (out == expected).all()


def test_arrays_of_the_wrong_type_are_refused():
    with pytest.raises(KernelError, match="must have dtype float32, got float64"):
        KERNEL.mv_pack(np.zeros((2, 2)), 2, 2, np.zeros(64, np.float32))


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("multi_vector", tmp_path)
