"""A drawn chip as ngspice takes it: parameters of its transistors."""

from __future__ import annotations

from hwsim.characterization.devices import alterations as device_alterations
from hwsim.characterization.point import Deviation
from hwsim.chips.devices import chip_devices, device_spreads
from hwsim.chips.instances import NETWORK
from hwsim.chips.normals import device_key, device_normals
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.design.design import Design


def chip_deviations(
    design: Design, circuits: CircuitSet, population: Population, index: int
) -> dict[str, Deviation]:
    """How far every transistor of a chip is from its drawing.

    Args:
        design: the network.
        circuits: its technology and templates.
        population: of which the chip is one.
        index: position of the chip in it.

    Returns:
        Path in ngspice -> deviation, in the order of the netlist.

    Raises:
        InputError: the population has no such chip.
    """
    chip = population.chip(index)
    spreads = device_spreads(chip_devices(design, circuits), circuits.technology)
    (normals,) = device_normals(chip, [device_key(path) for path in spreads])
    scale = chip.mismatch_scale
    return {
        path: Deviation(scale * spread[0] * float(vth), scale * spread[1] * float(beta))
        for (path, spread), (vth, beta) in zip(spreads.items(), normals, strict=True)
    }


def alterations(
    design: Design, circuits: CircuitSet, population: Population, index: int
) -> dict[str, float]:
    """The same chip as parameters of the elements of a netlist, for a `Deck`.

    Args:
        design: the network.
        circuits: its technology and templates.
        population: of which the chip is one.
        index: position of the chip in it.

    Raises:
        InputError: the population has no such chip.
    """
    devices = chip_devices(design, circuits)
    inside = f"{NETWORK}."
    types = {each.path.removeprefix(inside): each.type for each in devices}
    deviations = chip_deviations(design, circuits, population, index)
    named = {path.removeprefix(inside): each for path, each in deviations.items()}
    return device_alterations({"unit": NETWORK}, types, named)
