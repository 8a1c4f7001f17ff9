import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.foundation.errors import InputError

kinds = st.sampled_from(["saturating_cmru", "fq_bmru"])
seeds = st.integers(0, 2**16)


def line_scale(design, stage):
    """Unit currents that stand for a software 1.0 on the lines of a stage, from first principles:
    what a line carries over what it stands for."""
    if stage.cell is None:
        return np.array(stage.row_scale)
    level = stage.cell.level_units / design.reference_units
    return level / np.array(stage.cell.level_learned)


def sums_up_to_the_cells(design, inputs, *, learned):
    """Candidates of the first cells in unit currents, by loops over single mirrors."""
    hidden, cells = design.stages[1], design.stages[2]
    values = {"input": list(inputs)}
    for stage in (hidden, cells):
        (connection,) = stage.connections
        source = values[connection.source]
        diode = design.stage(connection.source).diode_units
        result = []
        for unit in range(stage.size):
            scale = stage.row_scale[unit]
            if learned:
                total = stage.bias_learned[unit] * scale
            else:
                total = stage.bias_units[unit] / design.reference_units
            for index, value in enumerate(source):
                tapped = max(value, 0.0) if connection.tap == "rectified" else value
                if learned:
                    total += connection.learned[unit][index] * scale * tapped
                else:
                    total += connection.units[unit][index] / diode * tapped
            result.append(total)
        values[stage.name] = result
    return np.array(values[cells.name]) / np.array(cells.row_scale)


def test_a_network_by_hand(network, compiled):
    design = compiled(
        network(
            half_range=2,
            tensors={
                "input.weight": [[1.0, -0.5], [0.3, 2.0]],
                "input.bias": [0.25, -0.5],
                "blocks.0.candidate.weight": [[0.5, -0.25], [0.0, -1.0]],
                "blocks.0.candidate.bias": [0.1, 0.0],
                "blocks.0.cell.alpha": [0.25, 0.5],
                "blocks.0.cell.beta": [0.25, 0.75],
                "blocks.0.output.weight": [[1.0, 0.0], [-0.5, 0.5]],
                "blocks.0.output.bias": [0.0, 0.5],
                "readout.weight": [[1.5, -1.0], [0.0, 0.75]],
                "readout.bias": [0.0, -0.25],
            },
        )
    )
    incoming, hidden, cells, total, logits = design.stages
    # 5 bits: mirrors of up to 15 units; the largest input weight is 2
    assert incoming.diode_units == 7
    assert hidden.connections[0].units == ((7, -4), (2, 14))
    assert hidden.bias_units == (4, -8)
    # rows of cells are scaled until their largest mirror has 15 units on a diode of 8
    assert cells.row_scale == pytest.approx((15 / 8 / 0.5, 15 / 8 / 1.0))
    assert cells.connections[0].units == ((15, -8), (0, -15))
    assert cells.bias_units == (6, 0)
    assert cells.cell.threshold_units == (round(3.75 * 0.25 * 16), round(1.875 * 0.75 * 16))
    assert cells.cell.half_range == 2
    # one level is 2/16 unit currents and stands for alpha; behind the cells 1.0 is half a unit
    assert cells.cell.level_units == 2
    gains = np.array([[1.0 * 0.25, 0.0], [-0.5 * 0.25, 0.5 * 0.5]]) * 0.5 / (2 / 16)
    assert cells.diode_units == 15
    assert total.connections[1].units == tuple(map(tuple, np.rint(gains * 15).astype(int)))
    # the skip passes p on at half its size
    assert total.connections[0].units == ((4, 0), (0, 4))
    assert total.kind == "relu"
    assert total.bias_units == (0, 4)
    assert total.diode_units == 10
    assert logits.connections[0].units == ((15, -10), (0, 8))
    assert logits.bias_units == (0, -2)


@given(kinds, seeds, st.integers(3, 8), st.integers(1, 2))
def test_every_mirror_is_the_nearest_to_its_weight(network, compiled, kind, seed, bits, blocks):
    design = compiled(network(kind, units=3, blocks=blocks, seed=seed), bits=bits)
    limit = 2 ** (bits - 1) - 1
    for stage in design.stages:
        for connection in stage.connections:
            source = design.stage(connection.source)
            gains = np.array(connection.learned) * np.array(stage.row_scale)[:, None]
            exact = gains / line_scale(design, source) * source.diode_units
            units = np.array(connection.units)
            assert np.abs(units).max() <= limit
            off = np.abs(units - np.clip(exact, -limit, limit))
            assert off.max() <= 0.5 + 1e-9
        if stage.kind != "input":
            exact = np.array(stage.row_scale) * stage.bias_learned * design.reference_units
            assert np.abs(np.array(stage.bias_units) - exact).max() <= 0.5 + 1e-9


@given(kinds, seeds, st.integers(3, 8))
def test_thresholds_follow_the_scale_of_their_row(network, compiled, kind, seed, bits):
    checkpoint = network(kind, units=3, seed=seed)
    design = compiled(checkpoint, bits=bits)
    (stage,) = design.cells
    weights = np.abs(checkpoint.tensors["blocks.0.candidate.weight"]).max(axis=1)
    # thresholds are as fine as weights: the reference has one transistor more than a mirror can
    reference = design.reference_units
    assert reference == 2 ** (bits - 1)
    # the lines into cells have half as many: rows reach almost two unit currents
    scale = 2 * (reference - 1) / reference / weights
    np.testing.assert_allclose(stage.row_scale, scale)
    beta = checkpoint.tensors["blocks.0.cell.beta"]
    asked = np.maximum(scale * beta * reference, 1)
    if kind == "fq_bmru":
        low = checkpoint.tensors["blocks.0.cell.beta_low"]
        width = np.maximum(scale * (beta - low) * reference, 1)
        assert np.abs(np.array(stage.cell.width_units) - width).max() <= 0.5 + 1e-9
        # a falling threshold above zero: without one the cell would never clear
        asked = np.maximum(asked, np.array(stage.cell.width_units) + 1)
        assert all(
            w < t for w, t in zip(stage.cell.width_units, stage.cell.threshold_units, strict=True)
        )
    assert np.abs(np.array(stage.cell.threshold_units) - asked).max() <= 0.5 + 1e-9


def test_currents_approach_the_learned_ones_with_the_bits(network, compiled):
    checkpoint = network(units=4, channels=3, seed=3)
    inputs = np.random.default_rng(1).normal(0, 1, (40, 3))
    errors = []
    for bits in (3, 5, 8):
        design = compiled(checkpoint, bits=bits)
        got = [sums_up_to_the_cells(design, x, learned=False) for x in inputs]
        # scale 1.0 up to the hidden layer, the row's scale divided out behind it
        want = [sums_up_to_the_cells(design, x, learned=True) for x in inputs]
        errors.append(np.sqrt(np.mean((np.array(got) - np.array(want)) ** 2)))
    assert errors[0] > 2 * errors[1] > 2 * errors[2]
    assert errors[2] < 0.04


def test_two_blocks_are_joined_by_splitters_at_full_scale(network, compiled):
    design = compiled(network(blocks=2, units=3))
    names = [(stage.name, stage.kind) for stage in design.stages]
    assert names == [
        ("input", "input"),
        ("hidden", "splitter"),
        ("cells_1", "cmru"),
        ("sum_1", "splitter"),
        ("cells_2", "cmru"),
        ("sum_2", "relu"),
        ("logits", "output"),
    ]
    # the first sum feeds cells, so 1.0 stays one unit current; the output gain acts on the last
    assert design.stage("sum_1").row_scale == (1.0,) * 3
    assert design.stage("sum_1").keep_alive_units == 2
    assert design.stage("sum_2").row_scale == (0.5,) * 3
    assert design.stage("sum_2").connections[0].source == "sum_1"
    assert design.stage("cells_2").connections[0].source == "sum_1"


def test_a_row_of_zeros_keeps_a_scale_of_one(network, compiled):
    weights = np.array([[0.0, 0.0], [0.5, 0.25]])
    stage = compiled(network(tensors={"blocks.0.candidate.weight": weights})).cells[0]
    assert stage.row_scale[0] == 1.0
    assert stage.connections[0].units[0] == (0, 0)


def test_the_readout_and_the_origin_come_along(network, compiled):
    checkpoint = network(readout="last", classes=3)
    design = compiled(checkpoint, bits=6, unit_current=5e-10, step=1e-2)
    assert design.readout.over == "last"
    assert design.readout.classes == ("class 0", "class 1", "class 2")
    assert design.inputs == checkpoint.header.normalisation
    assert design.provenance.checkpoint == checkpoint.content_hash
    assert design.provenance.bits == 6
    assert (design.operating.unit_current, design.operating.step) == (5e-10, 1e-2)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("alpha_cmru", "continuous"),
        ("cmru", "train saturating_cmru instead"),
        ("bmru", "train fq_bmru instead"),
    ],
)
def test_cells_without_a_circuit_are_refused_with_the_reason(network, compiled, kind, reason):
    with pytest.raises(InputError, match=reason):
        compiled(network(kind))


@pytest.mark.parametrize("bits", [1, 9])
def test_bits_that_cannot_be_laid_out_are_refused(network, compiled, bits):
    with pytest.raises(InputError, match="2 to 8 bits"):
        compiled(network(), bits=bits)
