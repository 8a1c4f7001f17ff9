"""Digital energies of an inference: operations counted by hand, energies added up by hand."""

import math
from dataclasses import replace

import pytest

from hwsim.studies.yardstick import (
    DigitalCore,
    Operations,
    measure,
    operations_at_end,
    operations_of_step,
)
from hwsim.studies.yardstick_cores import COMMON, CORES, HIGH, LOW

CORE = DigitalCore(
    name="of round numbers",
    multiplication=1000.0,
    addition=100.0,
    comparison=10.0,
    access=1.0,
    parameters_an_access=4,
    fetches_operands=False,
    accesses_a_state=2,
    idle=0.5,
    assumptions=("made up",),
)


def test_a_small_ladder_network_is_counted_as_by_hand(network, compiled):
    """Two inputs, two cells, two outputs, mean readout."""
    design = compiled(network(channels=2, units=2, classes=2))
    assert operations_of_step(design) == Operations(
        # input, candidate, output and readout weights, 2 x 2 each; the skip is an identity
        multiplications=4 * 4,
        # a sum for each product, 2 skips, 2 levels, 2 running means
        additions=16 + 2 + 2 + 2,
        # relu of 2 hidden and 2 last sums; two thresholds and two ends of 2 ladders
        comparisons=4 + 8,
        # products, 2 biases in each of four layers, a threshold a ladder
        parameters=16 + 8 + 2,
        operands=16,
        states=2 + 2,
    )
    assert operations_at_end(design) == Operations(comparisons=1)


def test_a_small_comparator_network_is_counted_as_by_hand(network, compiled):
    """Three inputs, two cells, four outputs, last readout: no running mean."""
    design = compiled(network("fq_bmru", channels=3, units=2, classes=4, readout="last"))
    products = 2 * 3 + 2 * 2 + 2 * 2 + 4 * 2
    assert operations_of_step(design) == Operations(
        multiplications=products,
        additions=products + 2,
        # relu of 2 hidden and 2 last sums; zero and two thresholds of 2 cells
        comparisons=4 + 6,
        parameters=products + (2 + 2 + 2 + 4) + 2 * 2,
        operands=products,
        states=2,
    )
    assert operations_at_end(design) == Operations(comparisons=3)


def test_a_second_block_counts_once_more(network, compiled):
    one, two = (
        operations_of_step(compiled(network(channels=2, units=3, blocks=blocks)))
        for blocks in (1, 2)
    )
    assert two.multiplications - one.multiplications == 2 * 9
    assert two.additions - one.additions == 2 * 9 + 3 + 3
    assert two.comparisons - one.comparisons == 3 + 4 * 3
    assert two.parameters - one.parameters == 2 * 9 + 2 * 3 + 3


def test_weights_of_zero_and_one_need_no_product(network, compiled):
    tensors = {"input.weight": [[0.0, 1.0], [-1.0, 0.5]]}
    plain = operations_of_step(compiled(network()))
    found = operations_of_step(compiled(network(tensors=tensors)))
    assert plain.multiplications - found.multiplications == 3
    assert plain.additions - found.additions == 1
    assert plain.parameters - found.parameters == 3


def test_energy_is_the_sum_of_its_operations():
    work = Operations(
        multiplications=2, additions=3, comparisons=4, parameters=5, operands=6, states=7
    )
    # 5 parameters are two accesses of four
    assert CORE.energy(work) == (2 * 1000 + 3 * 100 + 4 * 10, 2 + 2 * 7)
    fetching = replace(CORE, fetches_operands=True, accesses_a_state=0, parameters_an_access=1)
    assert fetching.energy(work) == (2340, 5 + 6)


def test_a_yardstick_takes_steps_an_end_and_the_idle_time(network, compiled):
    design = compiled(network(), step=2.0)
    arithmetic, memory = CORE.energy(operations_of_step(design))
    found = measure(design, steps=10.0, chip=4.0, cores=(CORE,))
    (core,) = found.cores
    assert core.arithmetic == 10 * arithmetic + 10
    assert core.memory == 10 * memory
    assert core.idle == 0.5 * 10 * 2
    assert core.total == core.arithmetic + core.memory + core.idle
    assert core.ratio == core.total / 4
    record = found.record()
    (written,) = record["cores"]
    assert written["digital_over_chip"] * written["chip_over_digital"] == pytest.approx(1)
    assert written["assumptions"] == ["made up"]
    assert record["operations_of_step"]["multiplications"] == 16


def test_energies_are_those_that_were_published(network, compiled):
    """The shipped sets, on the network of the first test, in picojoules."""
    design = compiled(network(), step=5e-3)
    low, high = measure(design, 1.0, 1e-12, (LOW, HIGH)).cores
    assert low.arithmetic == pytest.approx((16 * 0.2 + (22 + 12 + 1) * 0.1) * 1e-12)
    assert low.memory == pytest.approx(math.ceil(26 / 8) * 10e-12)
    assert low.idle == pytest.approx(35.4e-12 * 5e-3)
    assert high.arithmetic == pytest.approx((16 * 3.1 + (22 + 12 + 1) * 0.1) * 1e-12)
    assert high.memory == pytest.approx((26 + 16 + 2 * 4) * 10e-12)
    assert high.idle == pytest.approx(8 * 3.13e-9 * 5e-3)


def test_every_core_says_its_sources():
    assert len({core.name for core in CORES}) == len(CORES)
    for core in CORES:
        words = " ".join(core.assumptions)
        assert "nm" in words
        assert " V" in words
    assert len(COMMON) > 2
