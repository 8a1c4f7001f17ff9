"""The excess of mirrors over their diodes, against the equation that it approximates."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import brentq

from hwsim.engines.supply_leakage import excess, excess_of

DRIVES = st.floats(0.0, 1e3)
SLOPES = st.floats(1.6, 2.0)


def solved(drive, slope):
    """Current of a mirror in leakages, from C - C ** (1 - n) = D."""
    return brentq(lambda c: c - c ** (1.0 - slope) - drive, 0.5, drive + 2.0)


@given(DRIVES, SLOPES)
def test_it_is_close_to_the_current_of_a_diode_and_its_mirror(drive, slope):
    assert drive + excess_of(drive, 1.0) == pytest.approx(solved(drive, slope), abs=0.15)


@given(DRIVES, st.floats(1e-6, 1e3))
def test_it_scales_with_the_leakage(drive, idle):
    assert excess_of(drive * idle, idle) == pytest.approx(idle * excess_of(drive, 1.0))


def test_it_falls_from_the_leakage_to_nothing():
    found = excess(np.array([0.0, 1.0, 10.0, 1e6]), 2.0)
    assert found[0] == 2.0
    assert np.all(np.diff(found) < 0)
    assert found[-1] < 1e-4


def test_without_leakage_there_is_none():
    assert not excess(np.array([0.0, 1.0]), 0.0).any()
