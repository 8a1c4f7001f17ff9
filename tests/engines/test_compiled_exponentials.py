"""Exponential and logarithm without the mathematical library: accuracy, and the ends of ranges."""

import numpy as np
import pytest

exponentials = pytest.importorskip("hwsim.engines.compiled_exponentials")

ULP = 2.0**-52


@pytest.fixture
def generator():
    return np.random.default_rng(4)


def exponentials_of(values):
    return np.array([exponentials.exponential_less_one(float(x)) for x in values])


def logarithms_of(values):
    return np.array([exponentials.logarithm(float(x)) for x in values])


def test_the_exponential_is_right_to_two_units_in_the_last_place(generator):
    sizes = 10.0 ** generator.uniform(-12, 2.5, 20_000)
    values = sizes * generator.choice([-1.0, 1.0], sizes.shape)
    wanted = np.expm1(values.astype(np.longdouble))
    error = np.abs(exponentials_of(values) - wanted) / np.abs(wanted)
    assert error.max() < 2 * ULP


def test_the_logarithm_is_right_to_two_units_in_the_last_place(generator):
    values = 10.0 ** generator.uniform(-300, 300, 10_000)
    near_one = 1.0 + generator.uniform(-0.3, 0.4, 10_000)
    for each in (values, near_one):
        wanted = np.log(each.astype(np.longdouble))
        error = np.abs(logarithms_of(each) - wanted)
        assert (error < 2 * ULP * np.abs(wanted)).all()


def test_ends_are_exact():
    assert exponentials_of([0.0, -0.0, -50.0, -1e4, -np.inf]).tolist() == [0, 0, -1, -1, -1]
    assert logarithms_of([1.0]).tolist() == [0.0]
    powers = 2.0 ** np.arange(-1022, 1023)
    np.testing.assert_allclose(logarithms_of(powers), np.log(powers), rtol=2 * ULP)
