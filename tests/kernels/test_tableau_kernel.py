"""The tableau kernels against a naive inverse tableau, state vectors, and each other."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from instruction_sets import assert_same_bits

from bench_quantum._circuit import parse
from bench_quantum._codes import random_circuit
from bench_quantum.stabilizer_simulation import _program
from bench_quantum.stabilizer_simulation._program import (
    CLIFFORD,
    CX,
    CZ,
    FACTOR,
    INVERT,
    MEASURE,
    PAD,
    PAULI_IF,
    PRODUCT,
    RECORDED,
    RESET,
    SWAP,
    X,
    Y,
    Z,
    compile_circuit,
)
from bench_quantum.stabilizer_simulation._run import run_chp, run_inverse
from bench_quantum.stabilizer_simulation.state_vector import simulate
from harness.api import kernel

KERNELS = {
    "needed rows": run_inverse,
    "all rows": partial(run_inverse, keep=True),
    "chp": run_chp,
}
every_kernel = pytest.mark.parametrize("run", KERNELS.values(), ids=KERNELS)


class Naive:
    """The inverse tableau with a bool for each bit, and signs of Hermitian products.

    Rows 2 q and 2 q + 1 are T(X_q) and T(Z_q), bits x and z of each, Y being both.
    """

    def __init__(self, n):
        self.n = n
        self.x = np.zeros((2 * n, n), bool)
        self.z = np.zeros((2 * n, n), bool)
        self.sign = np.zeros(2 * n, bool)
        self.x[::2], self.z[1::2] = np.eye(n, dtype=bool), np.eye(n, dtype=bool)

    def row(self, q, pauli):
        if pauli == Y:
            return self.times(self.row(q, X), self.row(q, Z), 1)
        number = 2 * q + (pauli == Z)
        return self.x[number].copy(), self.z[number].copy(), bool(self.sign[number])

    def times(self, first, second, power=0):
        """i^power times the product of two rows; it must be Hermitian."""
        (x1, z1, s1), (x2, z2, s2) = first, second
        x3, z3 = x1 ^ x2, z1 ^ z2
        log = 2 * (int(s1) + int(s2)) + (x1 & z1).sum() + (x2 & z2).sum() - (x3 & z3).sum()
        log = (log + 2 * (z1 & x2).sum() + power) % 4
        assert log in (0, 2)
        return x3, z3, log == 2

    def put(self, q, pauli, row):
        number = 2 * q + (pauli == Z)
        self.x[number], self.z[number], self.sign[number] = row

    def gate(self, code, a, b, c):
        if code == CLIFFORD:  # c: images under the inverse gate
            images = [(c & 3, c >> 2 & 1), (c >> 3 & 3, c >> 5 & 1)]
            rows = [self.row(a, pauli) for pauli, _ in images]
            for pauli, row, (_, minus) in zip((X, Z), rows, images, strict=True):
                self.put(a, pauli, (row[0], row[1], row[2] ^ bool(minus)))
        elif code == CX:
            self.put(a, X, self.times(self.row(a, X), self.row(b, X)))
            self.put(b, Z, self.times(self.row(a, Z), self.row(b, Z)))
        elif code == CZ:
            self.put(a, X, self.times(self.row(a, X), self.row(b, Z)))
            self.put(b, X, self.times(self.row(b, X), self.row(a, Z)))
        else:
            for pauli in (X, Z):
                first, second = self.row(a, pauli), self.row(b, pauli)
                self.put(a, pauli, second)
                self.put(b, pauli, first)

    def apply(self, q, pauli):
        self.sign[2 * q] ^= pauli in (Z, Y)
        self.sign[2 * q + 1] ^= pauli in (X, Y)

    def measure(self, factors, coin):
        """The result; collapses by columns, on all rows and on the one that is measured."""
        product = (np.zeros(self.n, bool), np.zeros(self.n, bool), False)
        for q, pauli in factors:
            product = self.times(product, self.row(q, pauli)) if pauli else product
        x, z = np.vstack([self.x, product[0]]), np.vstack([self.z, product[1]])
        sign = np.append(self.sign, product[2])
        columns = np.flatnonzero(x[-1])
        if len(columns):
            p = columns[0]
            for k in columns[1:]:
                sign ^= x[:, p] & z[:, k] & ~(z[:, p] ^ x[:, k])
                z[:, p] ^= z[:, k]
                x[:, k] ^= x[:, p]
            if z[-1, p]:
                sign ^= x[:, p] & ~z[:, p]
                x[:, p] ^= z[:, p]
            else:
                sign ^= x[:, p] & z[:, p]
                x[:, p], z[:, p] = z[:, p].copy(), x[:, p].copy()
            if sign[-1] != coin:
                sign ^= z[:, p]
            self.x, self.z, self.sign = x[:-1], z[:-1], sign[:-1]
        return bool(sign[-1])


def naive_record(program, coins):
    state, record, coins, factors = Naive(program.n_qubits), [], iter(coins.tolist()), []
    for code, a, b, c in program.ops.tolist():
        if code <= SWAP:
            state.gate(code, a, b, c)
        elif code == FACTOR:
            factors.append((a, b))
        elif code == PAD:
            record.append(a)
        elif code == PAULI_IF:
            if record[c]:
                state.apply(a, b)
        else:
            result = state.measure(factors if code == PRODUCT else [(a, b)], bool(next(coins)))
            factors = []
            if c & RECORDED:
                record.append(int(result) ^ (c & INVERT) // INVERT)
            if c & RESET and result:
                state.apply(a, Z if b == X else X)
    return np.array(record, np.uint8)


def drawn(n, layers, share, seed):
    """A random circuit with all kinds of operations, and coins for it."""
    rng = np.random.default_rng(seed)
    pairs = rng.permutation(n)[: n // 2 * 2]
    lines = [random_circuit(rng, n, layers, 0, share)]
    if n > 1:
        lines += [f"MXX {pairs[0]} !{pairs[1]}", f"MPP !X{pairs[0]}*Y{pairs[1]} Z{pairs[0]}"]
        lines += [
            f"RY {pairs[0]}",
            "CX " + " ".join(map(str, pairs)),
            "H " + " ".join(map(str, pairs)),
        ]
    lines += ["MPAD 0 1", "MX 0 !0", "MR 0 0", "M " + " ".join(map(str, rng.permutation(n)))]
    circuit = parse("\n".join(lines))
    program = compile_circuit(circuit)
    return circuit, program, rng.integers(2, size=program.n_coins, dtype=np.uint8)


shapes = st.tuples(
    st.integers(1, 12), st.integers(0, 6), st.sampled_from([0.0, 0.2, 1.0]), st.integers(0, 10**6)
)


@every_kernel
@given(shapes)
def test_the_record_is_that_of_the_naive_tableau(run, shape):
    _, program, coins = drawn(*shape)
    np.testing.assert_array_equal(run(program, coins), naive_record(program, coins))


@every_kernel
@given(shapes.filter(lambda shape: shape[0] <= 6))
def test_the_record_is_that_of_the_state_vector(run, shape):
    circuit, program, coins = drawn(*shape)
    np.testing.assert_array_equal(run(program, coins), simulate(circuit, iter(coins.tolist())))


@every_kernel
@pytest.mark.parametrize("n", [63, 64, 65, 130])
def test_more_qubits_than_a_word_has_bits(run, n):
    _, program, coins = drawn(n, 9, 0.3, n)
    np.testing.assert_array_equal(run(program, coins), naive_record(program, coins))


@pytest.mark.parametrize("n", [511, 512, 513, 700])
def test_both_tableaus_agree_where_rows_have_several_lines(n):
    _, program, coins = drawn(n, 12, 0.2, n)
    expected = run_chp(program, coins)
    for keep in (False, True):
        np.testing.assert_array_equal(run_inverse(program, coins, keep), expected)


def ops(*rows):
    return np.array(rows, np.int32).reshape(-1, 4)


def program_of(n, operations):
    codes, flags = operations[:, 0], operations[:, 3]
    measured = (codes == MEASURE) | (codes == PRODUCT)
    records = np.count_nonzero(measured & (flags & RECORDED != 0)) + np.count_nonzero(codes == PAD)
    return _program.Program(operations, n, int(records), int(np.count_nonzero(measured)), 0)


@every_kernel
def test_a_pivot_that_is_needed_twice_begins_another_batch(run):
    """X, Z, X, Z, ... of one qubit do not commute: each result is its own coin."""
    operations = ops(*((MEASURE, 1, X if i % 2 == 0 else Z, RECORDED) for i in range(150)))
    coins = np.random.default_rng(0).integers(2, size=150, dtype=np.uint8)
    np.testing.assert_array_equal(run(program_of(3, operations), coins), coins)


@every_kernel
def test_settled_measurements_after_a_random_one_wait_for_it(run):
    """More of them than a batch holds."""
    rows = [(MEASURE, 0, X, RECORDED), *[(MEASURE, 0, X, RECORDED | INVERT)] * 200]
    record = run(program_of(2, ops(*rows)), np.array([1] + [0] * 200, np.uint8))
    np.testing.assert_array_equal(record, [1] + [0] * 200)


@every_kernel
def test_a_reset_in_a_batch_is_seen_by_what_follows(run):
    rows = [(MEASURE, 1, X, RECORDED), (MEASURE, 0, X, RECORDED | RESET)]
    rows += [(MEASURE, 0, X, RECORDED), (MEASURE, 0, Y, RESET), (MEASURE, 0, Y, RECORDED)]
    rows += [(FACTOR, 0, Y, 0), (FACTOR, 1, X, 0), (PRODUCT, 0, 0, RECORDED)]
    record = run(program_of(2, ops(*rows)), np.ones(6, np.uint8))
    np.testing.assert_array_equal(record, [1, 1, 0, 0, 1])


@every_kernel
def test_a_product_without_factors_is_settled(run):
    rows = [(FACTOR, 0, 0, 0), (PRODUCT, 0, 0, RECORDED | INVERT)]
    np.testing.assert_array_equal(run(program_of(1, ops(*rows)), np.zeros(1, np.uint8)), [1])


@every_kernel
@pytest.mark.parametrize("text", ["MPAD 0 1 1", "REPEAT 1 {\nMPAD 0\n}\nMPAD 1 1", ""])
def test_without_qubits_there_are_constants(run, text):
    circuit = parse(text)
    assert circuit.n_qubits == 0
    record = run(compile_circuit(circuit), np.zeros(0, np.uint8))
    np.testing.assert_array_equal(record, [0, 1, 1] if text else [])


@every_kernel
def test_coins_decide_whatever_is_random(run):
    """Results of a GHZ state are the first coin; those of |+...+> are all coins."""
    n = 100
    rows = [(CLIFFORD, 0, 10, 10), *((CX, q, q + 1, 0) for q in range(n - 1))]
    rows += [(MEASURE, q, Z, RECORDED) for q in range(n)]
    coins = np.random.default_rng(0).integers(2, size=n, dtype=np.uint8)
    record = run(program_of(n, ops(*rows)), coins)
    np.testing.assert_array_equal(record, np.full(n, coins[0]))
    plus = ops(*((MEASURE, q, X, RECORDED) for q in range(n)))
    np.testing.assert_array_equal(run(program_of(n, plus), coins), coins)


def inverse_rows(n, operations, coins):
    """The rows T(X_q), T(Z_q) after a run, as letters with a sign."""
    own = kernel("tableau")
    words = own.tb_stride(n)
    table, phases = np.zeros(2 * n * words, np.uint64), np.zeros(2 * n, np.uint8)
    places, last = np.zeros(2 * n, np.int32), np.zeros(2 * n, np.int64)
    record, counts = np.zeros(len(operations), np.uint8), np.zeros(2, np.int64)
    count = len(operations)
    own.tb_start(n, operations, count, 1, table, phases, places, last, counts)
    own.tb_run(n, operations, count, 0, count, coins, table, phases, places, last, record, counts)
    found = []
    for number in range(2 * n):
        row = table[places[number] * words :]
        x, z = int(row[0]), int(row[(words - 8) // 2])
        letters = "".join("_XZY"[(x >> q & 1) + 2 * (z >> q & 1)] for q in range(n))
        minus = (phases[places[number]] - letters.count("Y")) % 4
        found.append({0: "+", 2: "-"}[int(minus)] + letters)
    return found


@pytest.mark.parametrize("coin", [0, 1])
def test_the_rows_of_a_bell_pair(coin):
    bell = ops((CLIFFORD, 0, 10, 10), (CX, 0, 1, 0))
    coins = np.array([coin], np.uint8)
    assert inverse_rows(2, bell, coins) == ["+ZX", "+X_", "+_X", "+XZ"]
    measured = np.vstack([bell, ops((MEASURE, 0, Z, RECORDED))])
    _, first, _, second = inverse_rows(2, measured, coins)
    for row in (first, second):
        assert row[0] == "+-"[coin]
        assert not set(row[1:]) & {"X", "Y"}


WRONG = {
    "unknown": (9, 0, 0, 0),
    "negative": (-1, 0, 0, 0),
    "qubit beyond": (MEASURE, 2, Z, RECORDED),
    "qubit below": (MEASURE, -1, Z, RECORDED),
    "same qubit": (CX, 1, 1, 0),
    "other qubit beyond": (SWAP, 0, 2, 0),
    "no Pauli": (MEASURE, 0, 0, RECORDED),
    "Pauli beyond": (MEASURE, 0, 4, RECORDED),
    "flags": (MEASURE, 0, Z, 8),
    "images": (CLIFFORD, 0, 9, 9),
    "bit": (PAD, 2, 0, 0),
    "record to come": (PAULI_IF, 0, X, 1),
    "record below": (PAULI_IF, 0, X, -1),
    "product of nothing": (PRODUCT, 0, 0, RECORDED),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
@pytest.mark.parametrize("name", ["tb_sound", "chp_sound"])
def test_what_is_no_operation_is_found(name, wrong):
    own = kernel("tableau" if name == "tb_sound" else "chp")
    good = [(MEASURE, 0, Z, RECORDED), (CZ, 0, 1, 0), (PAULI_IF, 1, Y, 0)]
    operations = ops(*good, wrong, *good)
    assert getattr(own, name)(2, operations, len(operations)) == 3
    assert getattr(own, name)(2, operations, 3) == 3


@pytest.mark.parametrize("name", ["tb_sound", "chp_sound"])
def test_factors_need_their_product(name):
    own = kernel("tableau" if name == "tb_sound" else "chp")
    for rows, place in (
        ([(FACTOR, 0, X, 0)], 0),
        ([(FACTOR, 0, X, 0), (CX, 0, 1, 0)], 1),
        ([(FACTOR, 0, X, 0), (FACTOR, 1, X, 0), (PRODUCT, 0, 0, RECORDED)], 3),
    ):
        assert getattr(own, name)(2, ops(*rows), len(rows)) == place


@pytest.mark.parametrize("name", ["tableau", "chp"])
def test_every_instruction_set_gives_the_same_bits(name, tmp_path):
    assert_same_bits(name, tmp_path)
