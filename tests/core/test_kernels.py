"""The kernel loader: C never sees an array that it must not see."""

import numpy as np
import pytest

from harness.kernels import KernelError, kernel


@pytest.fixture(scope="module")
def medoids():
    return kernel("k_medoids")


MATRIX = np.array([[0.0, 1.0], [2.0, 0.0]])


def test_a_function_takes_arrays_and_numbers(medoids):
    assert medoids.km_cost_f64(MATRIX, 2, 1, np.array([0], np.int32)) == 2.0
    assert medoids.km_cost_f64(MATRIX, 2, 1, np.array([1], np.int32)) == 1.0


def test_a_read_only_array_may_be_read(medoids):
    frozen = MATRIX.copy()
    frozen.flags.writeable = False
    assert medoids.km_cost_f64(frozen, 2, 1, np.array([1], np.int32)) == 1.0


def test_a_read_only_array_may_not_be_written(medoids):
    sums = np.zeros(2)
    sums.flags.writeable = False
    with pytest.raises(KernelError, match=r"km_column_sums_f64: argument 'sums' .*writable"):
        medoids.km_column_sums_f64(MATRIX, 2, 0, 2, sums)
    assert sums.tolist() == [0.0, 0.0]


@pytest.mark.parametrize(
    ("matrix", "match"),
    [
        (MATRIX.astype(np.float32), "'d' must have dtype float64, got float32"),
        (MATRIX.astype(">f8"), "must have dtype float64"),
        (np.asfortranarray(MATRIX), "'d' must be C-contiguous"),
        (np.zeros((2, 4))[:, ::2], "'d' must be C-contiguous"),
        (MATRIX.tolist(), "'d' must be a float64 array, got list"),
        (None, "'d' must be a float64 array, got NoneType"),
    ],
)
def test_a_wrong_array_is_refused_by_name(medoids, matrix, match):
    with pytest.raises(KernelError, match=match):
        medoids.km_cost_f64(matrix, 2, 1, np.array([0], np.int32))


def test_a_wrong_number_of_arguments_is_refused(medoids):
    with pytest.raises(KernelError, match=r"takes 4 arguments .* got 2"):
        medoids.km_cost_f64(MATRIX, 2)


def test_a_number_that_is_none_is_refused(medoids):
    with pytest.raises(TypeError):
        medoids.km_cost_f64(MATRIX, "2", 1, np.array([0], np.int32))


def test_an_unknown_function_names_those_there_are(medoids):
    with pytest.raises(KernelError, match=r"no function 'km_prize'; it has .*km_cost_f64"):
        medoids.km_prize  # noqa: B018
    assert not hasattr(medoids, "km_prize")


def test_an_unknown_kernel_says_how_to_build_it():
    with pytest.raises(KernelError, match=r"no compiled kernel 'nothing'.*make install"):
        kernel("nothing")


def test_a_kernel_knows_the_digest_of_its_sources(medoids):
    assert len(medoids.digest) == 64


def test_a_function_tells_its_arguments(medoids):
    assert "const double *d" in medoids.km_cost_f64.__doc__
