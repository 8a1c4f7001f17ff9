"""Results of parts as bytes."""

import numpy as np
import pytest

from hwsim.circuits.partition.part_testbench import LineVoltage
from hwsim.engines.partition.part_result import PartResult, from_bytes, to_bytes
from hwsim.engines.reading import UnitsReading


@pytest.mark.parametrize("state", [None, np.array([[0, 1], [-1, 3]])])
def test_a_result_comes_back(state):
    rng = np.random.default_rng(0)
    units = UnitsReading(rng.normal(size=(2, 2)), state, rng.normal(size=(9, 2)), ("odd",))
    line = LineVoltage(np.array([0, 1e-3, 2e-3]), rng.normal(size=3))
    result = PartResult(units, {"hidden": np.array([1e-9, 2e-9])}, {"a_p": line}, ("x", "y"), 2.5)
    found = from_bytes(to_bytes(result))
    np.testing.assert_array_equal(found.units.current, units.current)
    np.testing.assert_allclose(found.units.waveform, units.waveform, rtol=1e-6)
    assert found.units.violations == ("odd",)
    if state is None:
        assert found.units.state is None
    else:
        np.testing.assert_array_equal(found.units.state, state)
    np.testing.assert_array_equal(found.supply_current["hidden"], [1e-9, 2e-9])
    np.testing.assert_array_equal(found.lines["a_p"].time, line.time)
    np.testing.assert_array_equal(found.lines["a_p"].volts, line.volts)
    assert (found.attempts, found.seconds) == (("x", "y"), 2.5)


def test_the_reference_has_no_units():
    still = LineVoltage(np.array([0.0]), np.array([0.2]))
    found = from_bytes(to_bytes(PartResult(None, {"a": np.ones(1)}, {"b": still}, (), 0.0)))
    assert found.units is None
    assert found.lines["b"].volts[0] == 0.2
