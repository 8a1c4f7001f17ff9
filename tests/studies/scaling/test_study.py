"""Random networks, their power in parts, and the study of a few of them."""

import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.foundation.errors import InputError
from hwsim.studies.power import Power, measure_power
from hwsim.studies.scaling.networks import (
    CHANNELS,
    SAMPLES,
    STEPS,
    Size,
    drawn_network,
    drawn_recordings,
)
from hwsim.studies.scaling.split import split_power
from hwsim.studies.scaling.study import LITERATURE, PARTS, Plan, compiled_network, study_scaling


def test_a_network_follows_its_seed_and_size():
    size = Size("saturating_cmru", 16, 2)
    network = drawn_network(size, 1)
    assert network.content_hash == drawn_network(size, 1).content_hash
    assert network.content_hash != drawn_network(size, 2).content_hash
    assert network.tensors["blocks.1.candidate.weight"].shape == (16, 16)
    assert network.tensors["input.weight"].shape == (16, CHANNELS)


def test_rows_carry_as_much_whatever_the_width():
    for units in (16, 64):
        weights = drawn_network(Size("fq_bmru", units, 1), 0).tensors["blocks.0.candidate.weight"]
        assert np.linalg.norm(weights, axis=1).mean() == pytest.approx(1.0, abs=0.1)


def test_thresholds_of_comparators_are_in_order():
    tensors = drawn_network(Size("fq_bmru", 32, 1), 0).tensors
    low, high = tensors["blocks.0.cell.beta_low"], tensors["blocks.0.cell.beta"]
    assert (low < high).all()
    assert (low > 0).all()


@pytest.mark.parametrize(("units", "blocks"), [(0, 1), (4, 0), (5000, 1), (4, 99)])
def test_sizes_of_no_network(units, blocks):
    with pytest.raises(InputError, match=f"a network of {blocks} blocks of {units} units"):
        Size("saturating_cmru", units, blocks)


def test_a_cell_without_a_circuit():
    with pytest.raises(InputError, match="cannot become a circuit"):
        drawn_network(Size("alpha_cmru", 4, 1), 0)


def test_recordings_are_labelled_and_follow_their_seed():
    found = drawn_recordings(1)
    assert found.values.shape == (SAMPLES, STEPS, CHANNELS)
    assert (found.values == drawn_recordings(1).values).all()
    assert (found.values != drawn_recordings(2).values).any()


def test_parts_of_the_power_are_added_up_by_hand(network, compiled):
    design = compiled(network(units=2, blocks=2))
    named = {
        "reference": {"bias": 1.0},
        "input": {"mirrors": 2.0},
        "hidden": {"mirrors": 4.0, "diodes": 8.0},
        "cells_1": {"mirrors": 16.0, "comparators": 32.0, "memory": 64.0, "leakage": 128.0},
        "sum_1": {"mirrors": 256.0},
        "cells_2": {"mirrors": 512.0, "outputs": 1024.0, "switching": 2048.0},
        "sum_2": {"mirrors": 4096.0},
        "logits": {"mirrors": 8192.0},
    }
    total = sum(sum(groups.values()) for groups in named.values())
    power = Power("behavioural", total, {}, {}, 0.0, 0.0, {"all": total}, named)
    found = split_power(design, power)
    assert found.state == 64 + 1024 + 2048
    assert found.recurrent == 32 + found.state
    assert found.square == 16 + 128 + 256 + 512 + 4096
    assert found.feedforward == total - found.recurrent
    assert found.total == total


def test_the_parts_are_the_whole_power():
    size = Size("saturating_cmru", 4, 1)
    design = compiled_network(Plan(), size, 0)
    model = chip_model(design, load_circuits(design))
    power = measure_power(design, BehaviouralEngine(model).run(design, drawn_recordings(0)))
    found = split_power(design, power)
    assert found.total == pytest.approx(power.total)
    assert 0 < found.state < found.recurrent < found.total
    assert 0 < found.square < found.feedforward


@pytest.fixture(scope="module", params=["saturating_cmru", "fq_bmru"])
def study(request):
    told = []
    found = study_scaling(Plan(request.param, (3, 6, 12), (1, 2), seeds=2), told.append)
    return found, told


def test_a_study_runs_every_size_once(study):
    found, told = study
    sizes = [(run.size.units, run.size.blocks, run.seed) for run in found.runs]
    assert sizes == [
        (units, blocks, seed)
        for units, blocks in ((3, 1), (6, 1), (12, 1), (6, 2))
        for seed in (0, 1)
    ]
    assert len(found.widths()) == 6
    assert [run.size.blocks for run in found.depths()] == [1, 1, 2, 2]
    assert told == sorted(told)
    assert told[-1] == 1


def test_wider_and_deeper_networks_take_more(study):
    found, _ = study
    for laws in (found.width, found.depth):
        assert all(0 < laws.by_part[part].exponent < 3 for part in PARTS)
    assert found.width.by_part["square"].exponent > found.width.by_part["feedforward"].exponent


def test_the_record_has_the_literature_beside_it(study):
    found, _ = study
    record = found.record()
    assert record["literature"]["width"] == LITERATURE == {"recurrent": 1.0, "feedforward": 2.0}
    assert "2605.15216" in record["literature"]["source"]
    assert set(record["width"]) == set(PARTS)
    assert len(record["runs"]) == 8
    for run in record["runs"]:
        both = run["recurrent_watts"] + run["feedforward_watts"]
        assert run["total_watts"] == pytest.approx(both)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"widths": (4,)}, "widths 4 give no exponent"),
        ({"widths": (4, 4, 8)}, "widths 4, 4, 8 give no exponent"),
        ({"depths": (1,)}, "depths 1 give no exponent"),
        ({"seeds": 1}, "one network of each size gives no interval"),
    ],
)
def test_plans_without_an_exponent(changes, complaint):
    with pytest.raises(InputError, match=complaint):
        Plan(**changes)
