import numpy as np
import pytest

from hwsim.design.design import Readout
from hwsim.engines.trace import StageTrace, Trace, Waveform
from hwsim.engines.trace_file import save_trace

MEAN = Readout(over="mean", classes=("a", "b"))
LAST = Readout(over="last", classes=("a", "b"))


@pytest.fixture
def trace():
    """Two sequences of 3 and 1 steps; what lies beyond the second one's end is nonsense."""
    outputs = np.array(
        [[[1.0, 2.0], [5.0, 1.0], [0.0, 3.0]], [[4.0, 3.0], [99.0, 999.0], [-99.0, 999.0]]]
    )
    return Trace(
        engine="behavioural",
        step=5e-3,
        lengths=np.array([3, 1]),
        stages={
            "cells_1": StageTrace(np.zeros((2, 3, 1)), np.arange(6).reshape(2, 3, 1)),
            "logits": StageTrace(outputs),
        },
        supply_current={
            "reference": np.full((2, 3), 2.0),
            "logits": np.array([[1.0, 2.0, 3.0], [4.0, 1e6, 1e6]]),
        },
        waveforms=tuple(Waveform(np.zeros(2), {"logits": np.full((2, 2), k)}) for k in range(2)),
    )


def test_the_mask_ends_with_each_sequence(trace):
    np.testing.assert_array_equal(trace.mask, [[True, True, True], [True, False, False]])
    assert len(trace) == 2


def test_a_mean_readout_counts_valid_steps_only(trace):
    np.testing.assert_allclose(trace.logits(MEAN), [[2.0, 2.0], [4.0, 3.0]])


def test_a_last_readout_takes_the_last_valid_step(trace):
    np.testing.assert_allclose(trace.logits(LAST), [[0.0, 3.0], [4.0, 3.0]])
    np.testing.assert_array_equal(trace.decisions(LAST), [1, 0])


def test_supply_power_is_the_mean_over_valid_steps_of_all_parts(trace):
    np.testing.assert_allclose(trace.supply_power(1.2), [1.2 * 4.0, 1.2 * 6.0])


def test_sequences_are_taken_in_the_order_asked_for(trace):
    both = trace.take([1, 0])
    np.testing.assert_array_equal(both.lengths, [1, 3])
    np.testing.assert_allclose(both.logits(MEAN), [[4.0, 3.0], [2.0, 2.0]])
    np.testing.assert_array_equal(both.stages["cells_1"].state[0, :, 0], [3, 4, 5])
    assert both.stages["logits"].state is None
    np.testing.assert_allclose(both.supply_power(1.0), [6.0, 4.0])
    assert both.waveforms[0].current["logits"][0, 0] == 1


def test_a_trace_without_supply_currents_has_no_power(trace):
    bare = Trace("ideal", trace.step, trace.lengths, trace.stages)
    np.testing.assert_allclose(bare.supply_power(1.2), [0.0, 0.0])
    assert bare.take([1]).waveforms == ()


def test_a_trace_file_holds_its_arrays(trace, tmp_path):
    path = tmp_path / "trace.npz"
    save_trace(path, trace)
    with np.load(path, allow_pickle=False) as archive:
        assert set(archive.files) == {
            "lengths",
            "step",
            "current/cells_1",
            "state/cells_1",
            "current/logits",
            "supply/reference",
            "supply/logits",
        }
        np.testing.assert_array_equal(archive["state/cells_1"], trace.stages["cells_1"].state)
        np.testing.assert_array_equal(archive["supply/logits"], trace.supply_current["logits"])
        assert archive["step"] == 5e-3
