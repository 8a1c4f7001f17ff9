"""How currents follow the transistors: sums of sensitivities, in logarithms.

Currents of transistors in weak inversion are products of exponentials, so the logarithm of every
gain, threshold and level is a sum over transistors: ``ln(I / I_nominal) = sum(s_vth dvth + s_beta
dbeta)``, with the sensitivities of the datasheets. A current that another one makes takes the
other's sum over, weighted by how strongly it follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from hwsim.chips.devices import ChipCircuit
from hwsim.chips.instances import Instance
from hwsim.chips.inversion import Drive, Inversion
from hwsim.chips.transistors import Transistor
from hwsim.circuits.datasheet import Datasheet, Sensitivity
from hwsim.foundation.errors import InputError

ZERO_CELSIUS = 273.15

Influence = Mapping[str, tuple[float, float]]
"""Path of a transistor -> change of ``ln(current)`` per V of threshold and per 1 of factor."""


Drives = Callable[[str | None], Drive | None]
"""Role of the port that a gate hangs on, None for a node inside -> currents of the transistor, None
where they are those of the datasheet."""


def datasheet_drive(_role: str | None) -> Drive | None:
    """All transistors at the currents that the datasheet was measured at."""
    return None


def combined(*parts: tuple[float, Influence]) -> Influence:
    """The weighted sum of influences."""
    total: dict[str, tuple[float, float]] = {}
    for weight, influence in parts:
        for path, (vth, beta) in influence.items():
            before = total.get(path, (0.0, 0.0))
            total[path] = (before[0] + weight * vth, before[1] + weight * beta)
    return total


class Influences:
    """Sensitivities of the datasheets, on the transistors of a chip.

    The datasheets hold them at one temperature and one current. A threshold voltage counts over
    ``n Ut``, so those to the threshold voltage go with the inverse of the absolute temperature, and
    with the inversion of the transistors (`hwsim.chips.inversion`).

    Args:
        circuit: of the chip.
        datasheets: by kind of template.
        inversion: of the technology.
        temperature: degrees Celsius.
    """

    def __init__(
        self,
        circuit: ChipCircuit,
        datasheets: Mapping[str, Datasheet],
        inversion: Inversion,
        temperature: float,
    ) -> None:
        self._circuit = circuit
        self._datasheets = datasheets
        self._inversion = inversion
        self._temperature = temperature + ZERO_CELSIUS

    def of(
        self,
        instance: Instance,
        figure: str,
        names: Mapping[str, str] | None = None,
        drives: Drives = datasheet_drive,
    ) -> Influence:
        """Of the transistors of an instance on a figure of its template.

        Args:
            instance: of a template with a datasheet.
            figure: one that follows the transistors in its logarithm.
            names: transistor in the datasheet -> transistor here; None for the same. Those that
                it does not hold have no effect.
            drives: currents of the transistors.
        """
        found = self._sensitivities(instance.kind, figure)
        if names is not None:
            found = {names[name]: each for name, each in found.items() if name in names}
        cooling = self._cooling(instance.kind)
        roles = self._circuit.texts[instance.kind].roles(instance.part)
        influence = {}
        for one in self._circuit.transistors(instance):
            each = found.get(one.name)
            if each is not None:
                change = self._change(one, drives(roles.get(one.gate)))
                influence[f"{instance.path}.{one.path}"] = (
                    cooling * change * each.dvth,
                    each.dbeta,
                )
        return influence

    def _change(self, one: Transistor, drive: Drive | None) -> float:
        if drive is None:
            return 1.0
        return self._inversion.change(one.type, one.units * one.width / one.length, drive)

    def exponent(
        self,
        instance: Instance,
        figure: str,
        role: str,
        names: Mapping[str, str] | None = None,
    ) -> float:
        """``d ln(figure) / d ln(current)`` of a line that transistors of the instance hang on.

        A line with more current does what a larger current factor of all transistors on it does.
        """
        roles = self._circuit.texts[instance.kind].roles(instance.part)
        found = self._sensitivities(instance.kind, figure)
        if names is not None:
            found = {names[name]: each for name, each in found.items() if name in names}
        return sum(
            found[one.name].dbeta
            for one in self._circuit.transistors(instance)
            if roles.get(one.gate) == role and one.name in found
        )

    def bias_lines(self, reference: Instance) -> Mapping[str, Influence]:
        """Of the transistors of the bias on the lines of the unit current, by role.

        The bias has no datasheet: its transistors are mirrors, with the sensitivities of mirrors.
        ``unit_p`` is a diode; a copy of it flows into the diode ``unit_n``.
        """
        text = self._circuit.texts["bias"]
        roles = text.roles("unit")
        diode_p, copy, diode_n = {}, {}, {}
        for one in self._circuit.transistors(reference):
            path = f"{reference.path}.{one.path}"
            line = roles.get(one.gate)
            if line == "unit_p" and one.drain == one.gate:
                diode_p[path] = self._main("gain_source", "diode_p")
            elif line == "unit_p":
                copy[path] = self._main("gain_source", "source")
            elif line == "unit_n" and one.drain == one.gate:
                diode_n[path] = self._main("gain_sink", "diode_n")
        unit_n = combined((1.0, diode_p), (1.0, copy), (1.0, diode_n))
        return {"unit_p": diode_p, "unit_n": unit_n}

    def _main(self, figure: str, part: str) -> tuple[float, float]:
        """Of the transistor of a part of the mirrors that counts most."""
        found = [
            each
            for name, each in self._sensitivities("mirror", figure).items()
            if name.startswith(f"{part}.")
        ]
        if not found:
            return (0.0, 0.0)
        most = max(found, key=lambda each: abs(each.dvth))
        return (self._cooling("mirror") * most.dvth, most.dbeta)

    def _cooling(self, kind: str) -> float:
        measured = self._datasheets[kind].conditions.temperature + ZERO_CELSIUS
        return measured / self._temperature

    def _sensitivities(self, kind: str, figure: str) -> Mapping[str, Sensitivity]:
        datasheet = self._datasheets[kind]
        if figure not in datasheet.sensitivities:
            raise InputError(
                f"the datasheet of {datasheet.template} has no sensitivities of '{figure}'",
                where=f"datasheet of {datasheet.template} on {datasheet.technology}",
                hint=f"it has those of {', '.join(datasheet.sensitivities) or 'nothing'}",
            )
        return datasheet.sensitivities[figure]
