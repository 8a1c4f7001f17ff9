"""The behavioural engine against a straight-line interpreter of the design's JSON."""

import json

import numpy as np
import pytest

from hwsim.design.store import design_json
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.foundation.errors import InputError


def normalised(fields, sample):
    for value, mean, scale in zip(
        sample, fields["inputs"]["mean"], fields["inputs"]["scale"], strict=True
    ):
        limit = fields["inputs"]["clip"]
        yield min(max((value - mean) / scale, -limit), limit)


def row_sum(fields, stages, stage, unit, outputs):
    total = stage["bias_units"][unit] / fields["reference_units"]
    for connection in stage["connections"]:
        diode = stages[connection["source"]]["diode_units"]
        for index, value in enumerate(outputs[connection["source"]]):
            tapped = max(value, 0.0) if connection["tap"] == "rectified" else value
            total += connection["units"][unit][index] / diode * tapped
    return total


def next_state(fields, nominal, cell, unit, before, value):
    threshold = cell["threshold_units"][unit] / fields["reference_units"]
    if cell["kind"] == "cmru":
        if value > threshold * nominal["trip_up"]:
            return min(before + 1, cell["half_range"])
        if value < -threshold * nominal["trip_down"]:
            return max(before - 1, -cell["half_range"])
        return before
    low = threshold - cell["width_units"][unit] / fields["reference_units"]
    if value > threshold * nominal["threshold_high"]:
        return 1
    return 0 if max(value, 0.0) < low * nominal["threshold_low"] else before


def run_by_hand(fields, nominal, sequence):
    """One sequence [step, channel] through a design as it stands in its file.

    Returns the current into every unit, A, and the state of every cell, by stage, [step, unit].
    """
    stages = {stage["name"]: stage for stage in fields["stages"]}
    state = {name: [0] * stage["size"] for name, stage in stages.items() if stage["cell"]}
    currents, states = {name: [] for name in stages}, {name: [] for name in state}
    for sample in sequence:
        outputs = {"input": list(normalised(fields, sample))}
        for name, stage in stages.items():
            if name != "input":
                units = range(stage["size"])
                outputs[name] = [row_sum(fields, stages, stage, unit, outputs) for unit in units]
            if stage["kind"] in ("relu", "fq_bmru"):  # a diode takes no current backwards
                outputs[name] = [max(value, 0.0) for value in outputs[name]]
            currents[name].append(outputs[name])
            if cell := stage["cell"]:
                state[name] = [
                    next_state(fields, nominal, cell, unit, before, outputs[name][unit])
                    for unit, before in enumerate(state[name])
                ]
                states[name].append(state[name])
                level = cell["level_units"] / fields["reference_units"] * nominal["level"]
                outputs[name] = [value * level for value in state[name]]
    unit_current = fields["operating"]["unit_current"]
    return {name: np.array(rows) * unit_current for name, rows in currents.items()}, states


@pytest.mark.parametrize("kind", ["saturating_cmru", "fq_bmru"])
@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_it_is_the_design_read_line_by_line(network, compiled, recordings, kind, blocks, seed):
    design = compiled(network(kind, channels=3, units=4, classes=3, blocks=blocks, seed=seed))
    sequences = recordings(channels=3, lengths=(25, 40), classes=2, seed=seed)
    trace = BehaviouralEngine().run(design, sequences)
    nominal = design.measured[design.cells[0].kind].figures
    fields = json.loads(design_json(design))
    moved = set()
    for index, steps in enumerate(sequences.lengths):
        currents, states = run_by_hand(fields, nominal, sequences.values[index, :steps])
        for name, values in currents.items():
            got = trace.stages[name].current[index, :steps]
            np.testing.assert_allclose(got, values, atol=1e-20, rtol=1e-12)
        for name, values in states.items():
            np.testing.assert_array_equal(trace.stages[name].state[index, :steps], values)
            moved |= set(np.unique(values))
    assert moved >= ({-1, 0, 1} if kind == "saturating_cmru" else {0, 1})


def test_the_trip_points_of_the_template_count(network, compiled, recordings):
    sequences = recordings(lengths=(60,))
    never_up = compiled(network(), figures={"trip_up": 1e6})
    states = BehaviouralEngine().run(never_up, sequences).stages["cells_1"].state
    assert states.max() == 0
    assert states.min() < 0
    never_down = compiled(network(), figures={"trip_down": 1e6})
    states = BehaviouralEngine().run(never_down, sequences).stages["cells_1"].state
    assert states.min() == 0
    assert states.max() > 0


def test_the_level_of_the_template_scales_what_the_cells_add(network, compiled, recordings):
    sequences = recordings(lengths=(40,))

    def added(level):
        # two blocks: a sum between them is not rectified
        design = compiled(network("fq_bmru", blocks=2), figures={"level": level})
        return BehaviouralEngine().run(design, sequences).stages["sum_1"].current

    zero, one, two = added(0.0), added(1.0), added(2.0)
    assert np.abs(one - zero).max() > 1e-11
    np.testing.assert_allclose(two - zero, 2 * (one - zero), atol=1e-22)


def test_a_figure_that_no_datasheet_has_is_named(network, compiled, recordings):
    design = compiled(network())
    figures = {name: v for name, v in design.measured["cmru"].figures.items() if name != "level"}
    measured = {"cmru": design.measured["cmru"].model_copy(update={"figures": figures})}
    lacking = design.model_copy(update={"measured": measured})
    with pytest.raises(InputError, match="the datasheet of toy has no 'level'"):
        BehaviouralEngine().run(lacking, recordings())


def test_data_of_other_channels_is_refused(network, compiled, recordings):
    design = compiled(network())
    with pytest.raises(InputError, match="the data has 1 channels, the network 2 inputs"):
        BehaviouralEngine().run(design, recordings(channels=1))
