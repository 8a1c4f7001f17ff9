"""Power of a trace: parts, groups and steps, from currents written by hand."""

import numpy as np
import pytest

from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.ideal import IdealEngine
from hwsim.engines.trace import StageTrace, Trace
from hwsim.foundation.errors import InputError
from hwsim.studies.power import measure_power

NAN = float("nan")


@pytest.fixture(scope="module")
def trace(design):
    """Two recordings of two steps and one; what lies behind the end is nonsense."""
    cells = {"mirrors": np.array([[1.0, 2.0], [3.0, 1e9]]), "leakage": np.ones((2, 2))}
    other = {"bias": np.full((2, 2), 2.0)}
    return Trace(
        engine="given",
        step=design.operating.step,
        lengths=np.array([2, 1]),
        stages={stage.name: StageTrace(np.zeros((2, 2, stage.size))) for stage in design.stages},
        supply_current={
            stage.name: cells["mirrors"] + 1.0 if stage.cell else np.full((2, 2), 2.0)
            for stage in design.stages
        },
        supply_groups={stage.name: cells if stage.cell else other for stage in design.stages},
        clock_energy=3e-3,
    )


def test_groups_parts_and_steps_add_up(design, trace):
    power = measure_power(design, trace)
    volts, others = design.operating.supply_voltage, len(design.stages) - 1
    assert power.by_part["cells_1"] == pytest.approx(volts * (2 + 3 + 4) / 3)
    assert power.by_group == pytest.approx(
        {"bias": volts * 2 * others, "mirrors": volts * 2, "leakage": volts}
    )
    assert list(power.by_group) == ["bias", "mirrors", "leakage"]  # the largest first
    assert sum(power.by_group.values()) == pytest.approx(power.total)
    for part, groups in power.by_part_and_group.items():
        assert sum(groups.values()) == pytest.approx(power.by_part[part])
    first, second = volts * (3 + 2 * others), volts * (3 + 2 * others)
    assert power.by_step == pytest.approx([first, second])
    assert power.clock == pytest.approx(3e-3 / design.operating.step)


def test_the_behavioural_engine_knows_groups(design, recordings):
    trace = BehaviouralEngine().run(design, recordings())
    power = measure_power(design, trace)
    assert sum(power.by_group.values()) == pytest.approx(power.total)
    assert len(power.by_step) == 7
    assert power.clock is None
    part = measure_power(design, trace.take([1]))
    assert sum(part.by_group.values()) == pytest.approx(part.total)


def test_an_ideal_network_has_no_power(design, recordings):
    with pytest.raises(InputError, match="knows no supply current"):
        measure_power(design, IdealEngine().run(design, recordings()))
