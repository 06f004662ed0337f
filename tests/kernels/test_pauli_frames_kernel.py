"""The kernel of Pauli frames against numpy, one operation after the other."""

import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from instruction_sets import assert_same_bits
from scipy import stats

from bench_quantum._circuit import parse
from bench_quantum._gates import ONE_QUBIT, TWO_QUBITS, flow
from bench_quantum.stabilizer_sampling._program import STEPS, lower
from harness.kernels import KernelError, kernel

KERNEL = kernel("pauli_frames")
HEADER = Path(__file__).parents[2] / "cext" / "pauli_frames.h"
ROWS = KERNEL.pf_pending_rows()
# All Paulis on each qubit: x and z of qubit q are random and independent.
MIXED = "RX 0 1 2\nX_ERROR(0.3) 0 1 2\nZ_ERROR(0.3) 0 1 2\nDEPOLARIZE1(0.6) 0 1 2\n"


class Run:
    """A block of shots, with everything that the kernel left in its buffers."""

    def __init__(self, text, words=8, shots=None, detectors=False, seed=0, budget=1 << 40, ring=1):
        self.program = program = lower(parse(text), detectors)
        self.words, self.shots = words, 64 * words if shots is None else shots
        ring = max(ring, 1 << (program.longest + ROWS).bit_length())
        self.frames = np.full((program.qubits, 2, words), 7, np.uint64)
        self.records = np.full((ring, words), 7, np.uint64)
        pending = np.full(ROWS * words, 7, np.uint64)
        observables = np.full(max(1, program.observables) * words, 7, np.uint64)
        self.scratch = np.full(2 * words, 7, np.uint64)
        random = np.zeros(KERNEL.pf_random_words(), np.uint64)
        random[:32] = np.random.default_rng(seed).integers(1, 2**64, 32, np.uint64)
        stride = (program.bits + 7) // 8
        self.out = np.zeros((self.shots, stride), np.uint8)
        state = np.zeros(8 + program.depth, np.int64)
        waits = np.full(max(1, len(program.scale)), -1, np.int64)
        self.calls = 0
        done = 0
        while not done:
            done = KERNEL.pf_run(
                program.op,
                program.first,
                program.targets,
                program.value,
                program.rounds,
                len(program.op),
                program.scale,
                waits,
                program.thresholds,
                program.qubits,
                program.observables,
                words,
                self.frames,
                self.records,
                ring,
                pending,
                observables,
                self.scratch,
                random,
                state,
                int(detectors),
                np.zeros(stride // 8 + 1, np.uint64),
                self.shots,
                stride,
                self.out,
                budget,
            )
            self.calls += 1

    def bits(self):
        """bool[shots, bits] of the output."""
        whole = np.unpackbits(self.out, axis=1, bitorder="little")
        assert not whole[:, self.program.bits :].any()
        return whole[:, : self.program.bits].astype(bool)


def test_steps_are_numbered_as_in_the_header():
    named = re.search(r"enum \{(.*?)\}", HEADER.read_text(), re.DOTALL)[1]
    assert [name.removeprefix("PF_") for name in re.findall(r"PF_\w+", named)] == STEPS


@pytest.mark.parametrize("words", [8, 24])
@pytest.mark.parametrize("name", [*ONE_QUBIT, *TWO_QUBITS])
def test_a_gate_is_its_linear_map(name, words):
    targets = [1] if name in ONE_QUBIT else [2, 0]
    before = Run(MIXED, words).frames
    after = Run(f"{MIXED}{name} {' '.join(map(str, targets))}", words).frames
    inputs = before[targets].reshape(-1, words)
    assert len(np.unique(inputs)) == inputs.size  # of no two bits alike
    expected = before.copy()
    for i, reached in enumerate(flow(name)):
        expected[targets[i // 2], i % 2] = np.bitwise_xor.reduce(inputs[reached], axis=0)
    np.testing.assert_array_equal(after, expected)


def test_targets_are_treated_one_after_the_other():
    before, after = Run(MIXED).frames, Run(f"{MIXED}CX 0 1 1 2 2 0").frames
    x, z = before[:, 0].copy(), before[:, 1].copy()
    for c, t in ((0, 1), (1, 2), (2, 0)):
        x[t] ^= x[c]
        z[c] ^= z[t]
    np.testing.assert_array_equal(after[:, 0], x)
    np.testing.assert_array_equal(after[:, 1], z)


@pytest.mark.parametrize("axis", ["", "X", "Y"])
@pytest.mark.parametrize("reset", [False, True])
def test_measurements_record_what_anticommutes(axis, reset):
    before = Run(MIXED).frames
    run = Run(f"{MIXED}M{'R' * reset}{axis} 1")
    x, z = before[1]
    expected = {"": x, "X": z, "Y": x ^ z}[axis]
    np.testing.assert_array_equal(run.records[0], expected)
    change = run.frames ^ before
    assert not change[[0, 2]].any()
    x, z = run.frames[1] if reset else change[1]
    random = {"": z, "X": x, "Y": z}[axis]
    assert 150 < sum(int(word).bit_count() for word in random) < 362  # of 512 fair coins
    assert not {"": x, "X": z, "Y": x ^ z}[axis].any()


@pytest.mark.parametrize("axis", ["", "X", "Y"])
def test_a_reset_leaves_a_multiple_of_its_axis(axis):
    x, z = Run(f"{MIXED}R{axis} 1").frames[1]
    assert not {"": x, "X": z, "Y": x ^ z}[axis].any()
    assert {"": z, "X": x, "Y": x}[axis].any()


def test_products_record_and_randomise():
    before = Run(MIXED).frames
    run = Run(f"{MIXED}MPP X0*Y1*Z2 Z0")
    (x0, z0), (x1, z1), (x2, _) = before
    np.testing.assert_array_equal(run.records[0], z0 ^ x1 ^ z1 ^ x2)
    change = run.frames ^ before
    coin = change[1, 0]
    assert 150 < sum(int(word).bit_count() for word in coin) < 362
    np.testing.assert_array_equal(change[[0, 1, 2], [0, 1, 1]], [coin] * 3)
    assert not change[2, 0].any()
    np.testing.assert_array_equal(run.records[1], x0 ^ coin)


def test_records_control_by_their_flips():
    before = Run(f"{MIXED}M 0 1").frames
    run = Run(f"{MIXED}M 0 1\nCX rec[-2] 2\nCZ rec[-1] 2\nCY rec[-1] 0")
    change = run.frames ^ before
    first, second = run.records[:2]
    np.testing.assert_array_equal(change[2], [first, second])
    np.testing.assert_array_equal(change[0], [second, second])


def test_certain_flips_need_no_stream():
    run = Run("X_ERROR(1) 0\nY_ERROR(1) 1\nM(1) 0\nM 1\nMPAD(1) 0 1\nMPP(1) Z1")
    assert run.bits().all(axis=0).tolist() == [False, True, True, True, False]
    assert (~run.bits()).all(axis=0).tolist() == [True, False, False, False, True]
    assert len(run.program.scale) == 0


def test_nothing_is_hit_without_probability():
    text = "".join(f"{name}(0) 0\n" for name in ("X_ERROR", "Y_ERROR", "DEPOLARIZE1"))
    text += "DEPOLARIZE2(0) 0 1\nE(0) X0\nELSE_CORRELATED_ERROR(0) X1\nHERALDED_ERASE(0) 0\n"
    text += "PAULI_CHANNEL_1(0,0,0) 0\nM(0) 0 1\n"
    assert not Run(text).bits().any()


@pytest.mark.parametrize("p", [1e-4, 0.003, 0.1, 0.4, 0.7, 0.999])
@pytest.mark.parametrize("words", [8, 24])
def test_hits_are_bernoulli_trials(p, words):
    """The number, and the gaps, over slots and shots alike."""
    slots = max(4, min(200, int(3 / (p * 64 * words)) + 1))
    text = f"R {' '.join(map(str, range(slots)))}\nX_ERROR({p}) {' '.join(map(str, range(slots)))}"
    hits = np.concatenate([Run(text, words, seed=s).frames[:, 0].reshape(-1) for s in range(8)])
    trials = 64 * len(hits)
    bits = np.unpackbits(hits.view(np.uint8), bitorder="little")
    assert stats.binomtest(int(bits.sum()), trials, p).pvalue > 1e-6
    pairs = int((bits[1:] & bits[:-1]).sum())
    assert stats.binomtest(pairs, trials - 1, p * p).pvalue > 1e-6


def test_a_stream_runs_on_through_instructions():
    """Many instructions of a single target together are hit as often as one of many targets."""
    lines = "\n".join(f"X_ERROR(0.0005) {q}" for q in range(400))
    frames = Run(f"R {' '.join(map(str, range(400)))}\n{lines}").frames
    count = sum(int(word).bit_count() for word in frames[:, 0].reshape(-1))
    assert stats.binomtest(count, 400 * 512, 0.0005).pvalue > 1e-6


@pytest.mark.parametrize(
    ("channel", "shares"),
    [
        ("DEPOLARIZE1(0.6) 0", [0.4, 0.2, 0.2, 0.2]),
        ("PAULI_CHANNEL_1(0.1,0.2,0.3) 0", [0.4, 0.1, 0.2, 0.3]),
        ("PAULI_CHANNEL_1(0.5,0,0) 0", [0.5, 0.5, 0, 0]),
        ("PAULI_CHANNEL_1(0,1,0) 0", [0, 0, 1, 0]),
        ("HERALDED_ERASE(0.8) 0", [0.4, 0.2, 0.2, 0.2]),
        ("E(0.3) X0\nELSE_CORRELATED_ERROR(0.5) Z0", [0.35, 0.3, 0, 0.35]),
    ],
)
def test_channels_draw_the_paulis_with_their_shares(channel, shares):
    """After RX the bit z is 0, and after R the bit x is; each shows one half of the frame."""
    z = Run(f"RX 0\n{channel}", 256).frames[0, 1]
    x = Run(f"R 0\n{channel}", 256).frames[0, 0]
    trials = 64 * 256
    for row, p in ((x, shares[1] + shares[2]), (z, shares[2] + shares[3])):
        count = sum(int(word).bit_count() for word in row)
        assert stats.binomtest(count, trials, min(p, 1.0)).pvalue > 1e-6
        assert (count == trials) == (p == 1)


def test_all_fifteen_pairs_are_equally_likely():
    """Noiseless Bell measurements tell all four bits of the error on two qubits apart."""
    text = "R 0 1 2 3\nH 0 1\nCX 0 2 1 3\nDEPOLARIZE2(0.9375) 0 1\nCX 0 2 1 3\nH 0 1\nM 0 2 1 3"
    numbers = Run(text, 512).bits() @ (1 << np.arange(4))
    counts = np.bincount(numbers, minlength=16)
    assert stats.chisquare(counts).pvalue > 1e-6


@pytest.mark.parametrize("detectors", [False, True])
@pytest.mark.parametrize("shots", [1, 63, 65, 300, 512])
@pytest.mark.parametrize("count", [1, 7, 64, 513, 1100])
def test_bits_are_written_in_their_order(count, shots, detectors):
    """The rows of records, turned, at all sizes around the groups."""
    qubits = 40
    text = f"RX {' '.join(map(str, range(qubits)))}\nDEPOLARIZE1(0.7) 0 1 2 3 4\n"
    text += "\n".join(f"MX {(7 * j) % qubits}" for j in range(count))
    if detectors:
        text += "\n" + "\n".join(f"DETECTOR rec[-{count - j}]" for j in range(count))
    run = Run(text, 8, shots, detectors, ring=2048)
    rows = np.unpackbits(run.records[:count].view(np.uint8), axis=1, bitorder="little")
    np.testing.assert_array_equal(run.bits(), rows[:, :shots].T)


def test_a_ring_that_wraps_changes_nothing():
    text = "RX 0 1 2\nDEPOLARIZE1(0.5) 0 1 2\n" + 3 * "REPEAT 300 {\nMX 0\nMX 1 2\nH 1\n}\n"
    short, long = Run(text), Run(text, ring=4096)
    assert len(short.records) < 2700 < len(long.records)
    np.testing.assert_array_equal(short.out, long.out)


def test_pieces_make_the_same_samples():
    text = f"{MIXED}REPEAT 5 {{\nREPEAT 3 {{\nCX 0 1\nDEPOLARIZE2(0.1) 0 1\nM(0.1) 1\n}}\nMR 0\n}}"
    whole, pieces = Run(text), Run(text, budget=3)
    assert whole.calls == 1
    assert pieces.calls > 20
    np.testing.assert_array_equal(whole.out, pieces.out)


@settings(max_examples=30)
@given(seed=st.integers(0, 2**32))
def test_the_transpose(seed):
    block = np.random.default_rng(seed).integers(0, 2**64, 64, np.uint64)
    bits = np.unpackbits(block.view(np.uint8).reshape(64, 8), axis=1, bitorder="little")
    KERNEL.pf_transpose(block)
    turned = np.unpackbits(block.view(np.uint8).reshape(64, 8), axis=1, bitorder="little")
    np.testing.assert_array_equal(turned, bits.T)


def test_waits_are_exponential():
    random = np.zeros(KERNEL.pf_random_words(), np.uint64)
    random[:32] = np.random.default_rng(1).integers(1, 2**64, 32, np.uint64)
    seeds = random[:32].copy()
    found = np.empty(200_000)
    KERNEL.pf_exponentials(random, len(found), found)
    assert stats.kstest(found, "expon").pvalue > 1e-6
    assert 0 <= found.min() < found.max() < 37
    # The logarithm itself, from a twin of the generator.
    np.testing.assert_allclose(found[:512], -np.log(uniforms(seeds, 512)), rtol=1e-14)


def uniforms(seeds, count):
    """Eight xoshiro256++ in turn, as numbers in (0, 1]."""
    mask = (1 << 64) - 1
    a, b, c, d = ([int(word) for word in part] for part in seeds.reshape(4, 8))

    def rotated(x, by):
        return (x << by | x >> (64 - by)) & mask

    found = []
    while len(found) < count:
        for i in range(8):
            word = (rotated((a[i] + d[i]) & mask, 23) + a[i]) & mask
            shifted = b[i] << 17 & mask
            c[i] ^= a[i]
            d[i] ^= b[i]
            b[i] ^= c[i]
            a[i] ^= d[i]
            c[i] ^= shifted
            d[i] = rotated(d[i], 45)
            found.append(1 - (word >> 12) / 2**52)
    return np.array(found)


def test_the_same_seed_gives_the_same_samples_and_another_does_not():
    text = f"{MIXED}M 0 1 2"
    first, again, other = (Run(text, seed=seed).out for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).mean() > 0.5


def test_arrays_of_the_wrong_type_are_refused():
    with pytest.raises(KernelError, match="must have dtype uint64, got int64"):
        KERNEL.pf_transpose(np.zeros(64, np.int64))


def test_every_instruction_set_gives_the_same_bits(tmp_path):
    assert_same_bits("pauli_frames", tmp_path)
