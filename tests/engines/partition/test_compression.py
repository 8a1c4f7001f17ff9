"""Recorded lines with few points."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hwsim.engines.partition.compression import TOLERANCE, compressed, recorded

SLOPE = 0.034
"""n Vt of a transistor below threshold, V."""


@st.composite
def waveforms(draw):
    count = draw(st.integers(1, 60))
    gaps = draw(arrays(float, count, elements=st.floats(1e-9, 1e-3)))
    volts = draw(arrays(float, count, elements=st.floats(0, 1.2)))
    return np.cumsum(gaps), volts


@given(waveforms(), st.floats(1e-7, 0.1))
def test_no_sample_is_missed_by_more_than_the_tolerance(waveform, tolerance):
    time, volts = waveform
    line = compressed(time, volts, tolerance)
    missed = np.interp(time, line.time, line.volts) - volts
    assert np.abs(missed).max() <= tolerance + 1e-12
    assert line.time[0] == time[0]
    assert line.time[-1] == time[-1]
    assert set(line.time) <= set(time)


@given(waveforms())
def test_what_lies_on_straight_lines_keeps_their_ends(waveform):
    corners, volts = waveform
    time = np.unique(np.concatenate([corners, np.linspace(corners[0], corners[-1], 50)]))
    line = compressed(time, np.interp(time, corners, volts), 1e-9)
    assert len(line.time) <= 2 * len(corners) + 2


def test_a_line_that_holds_still_is_two_points():
    line = compressed(np.linspace(0, 1, 1000), np.full(1000, 0.3))
    np.testing.assert_array_equal(line.time, [0, 1])


def test_a_dying_line_is_followed_between_the_points_of_the_solver():
    """It dies as Q / t: its voltage as the logarithm, far from straight between sparse points."""

    def dying(time):
        return 0.3 - SLOPE * np.log1p(time / 1e-4)

    sparse = np.concatenate([np.arange(0, 5e-4, 2.5e-5), np.arange(5e-4, 5e-3, 1.25e-4)])
    dense = np.linspace(0, sparse[-1], 20001)
    straight = np.abs(np.interp(dense, sparse, dying(sparse)) - dying(dense)).max()
    line = recorded(sparse, {"line": dying(sparse), "other": np.zeros(len(sparse))})["line"]
    found = np.abs(np.interp(dense, line.time, line.volts) - dying(dense)).max()
    assert straight > 40 * TOLERANCE
    assert found < straight / 5


def test_corners_do_not_swing():
    time = np.array([0, 1, 2, 2.001, 3, 4, 5]) * 1e-3
    volts = np.array([0.2, 0.2, 0.2, 0.8, 0.8, 0.8, 0.8])
    line = recorded(time, {"line": volts})["line"]
    assert line.volts.min() >= 0.2
    assert line.volts.max() <= 0.8


def test_no_lines_at_all():
    assert recorded(np.linspace(0, 1, 5), {}) == {}
