"""The datasheets of the circuits that a design is built from."""

from __future__ import annotations

from collections.abc import Mapping

from hwsim.characterization.store import find_datasheet
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.datasheet import Datasheet
from hwsim.foundation.errors import InputError

UNMEASURED = ("bias", "clock")
"""Kinds without a datasheet: the others are measured with them."""


def datasheets_of(circuits: CircuitSet) -> Mapping[str, Datasheet]:
    """The datasheet of each template, by kind.

    Args:
        circuits: of the design.

    Raises:
        InputError: a template that nobody has measured on this technology as it is now.
    """
    found: dict[str, Datasheet] = {}
    for kind, template in circuits.templates.items():
        if kind in UNMEASURED:
            continue
        datasheet = find_datasheet(template, circuits.technology)
        if datasheet is None:
            raise InputError(
                f"there is no datasheet of {template.name} on {circuits.technology.name}",
                where=str(template.folder),
                hint=f"measure it: `hwsim template characterize {template.name} "
                f"--technology {circuits.technology.name}`",
            )
        found[kind] = datasheet
    return found
