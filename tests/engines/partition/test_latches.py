"""Latches between the rails."""

import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.testbench import state_vectors
from hwsim.engines.partition.latches import undecided_latches


@pytest.mark.parametrize(
    ("volts", "wrong"), [(0.0, False), (0.2, False), (0.53, True), (1.0, False), (1.2, False)]
)
def test_a_latch_between_the_rails_is_told(network, compiled, staircase, volts, wrong):
    design = compiled(network(units=2))
    template = load_circuits(design).templates["cmru"]
    stage = design.cells[0]
    sound = {
        name: [1.2 * (index < 3)] * 3
        for unit in range(2)
        for index, name in enumerate(state_vectors(stage, unit, template))
    }
    changed = sound | {state_vectors(stage, 1, template)[2]: [1.2, volts, 1.2]}
    for given, expected in (
        (sound, ()),
        (changed, ("cells_1[1]: latch 2 is undecided in step 1",)),
    ):
        vectors = staircase(design, {"cmru": template}, 3, given).vectors
        found = undecided_latches(design, stage, range(2), template, vectors, 3)
        assert found == (expected if wrong else ())
    assert undecided_latches(design, stage, [0], template, vectors, 3) == ()
    assert np.isfinite(vectors["time"]).all()
