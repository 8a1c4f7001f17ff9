"""A deck's arrays are those of its circuit."""

import numpy as np
import pytest

from hwsim.spice import Result, run_deck

pytestmark = pytest.mark.spice

STOP = 5e-6  # of the deck that `write_deck` writes


def test_a_transient_follows_the_analytic_solution(write_deck):
    result = run_deck(write_deck(stop_time=STOP))
    time, out = result.vector("time"), result.vector("v(out)")
    assert time[0] == 0.0
    assert time[-1] == pytest.approx(STOP, rel=1e-9)
    np.testing.assert_allclose(out, 1 - np.exp(-time / 1e-6), atol=1e-3)
    current = result.vector("i(v1)")
    np.testing.assert_allclose(current[1:], -(1 - out[1:]) / 1e3, atol=1e-9)
    assert result.wall_seconds > 0
    assert int(result.ngspice_version.split(".")[0]) >= 39
    assert "low pass" in result.log
