"""From the records of all shots to packed samples, for solvers that know nothing of frames."""

import numpy as np

from bench_quantum._circuit import Circuit
from bench_quantum.stabilizer_sampling._error_model import parities


def packed(circuit: Circuit, records: np.ndarray, detectors: bool, known: np.ndarray) -> np.ndarray:
    """Samples as an answer has them.

    Args:
        circuit: that was run.
        records: uint8[shots, measurements].
        detectors: whether detectors and observables are wanted.
        known: uint8[measurements], of a noiseless run; detectors are flips relative to it.
    """
    if not detectors:
        return np.packbits(records, axis=1, bitorder="little")
    outputs = parities(circuit, detectors)
    flips = records ^ known
    found = np.zeros((len(records), len(outputs)), np.uint8)
    for number, told in enumerate(outputs):
        if told:
            found[:, number] = np.bitwise_xor.reduce(flips[:, told], axis=1)
    return np.packbits(found, axis=1, bitorder="little")
