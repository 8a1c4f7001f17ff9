"""What mirrors and lines of a nominal chip do, and how their currents follow the transistors."""

from __future__ import annotations

from collections.abc import Mapping

from hwsim.chips.devices import ChipCircuit
from hwsim.chips.influence import Drives, Influence, Influences, combined, datasheet_drive
from hwsim.chips.instances import Instance, StageInstances
from hwsim.chips.interpolation import figure_at
from hwsim.chips.inversion import Inversion
from hwsim.circuits.datasheet import Conditions, Datasheet
from hwsim.design.design import Design
from hwsim.design.stage import Stage
from hwsim.design.wiring import (
    REFERENCE,
    Line,
    LineEnd,
    Polarity,
    native_polarity,
)

_FIGURE: Mapping[Polarity, str] = {"p": "gain_source", "n": "gain_sink"}
_UNIT_FIGURES = {
    ("splitter", "plus"): "gain_plus",
    ("splitter", "minus"): "gain_minus",
    ("relu", "plus"): "gain",
}
"""Figure of a unit that tells how copies of its line follow the diode in the unit."""


class Gains:
    """Gains of mirrors, influences on mirrors and on the diodes of lines.

    Args:
        design: the network.
        circuit: its transistors.
        datasheets: by kind of template.
        conditions: where.
    """

    def __init__(
        self,
        design: Design,
        circuit: ChipCircuit,
        datasheets: Mapping[str, Datasheet],
        conditions: Conditions,
    ) -> None:
        self.design = design
        self.circuit = circuit
        self.datasheets = datasheets
        self.conditions = conditions
        inversion = Inversion(circuit.technology.device_current)
        self.influences = Influences(circuit, datasheets, inversion, conditions.temperature)
        self.bias = self.influences.bias_lines(circuit.reference)
        self.source = self.figure("mirror", "gain_source")
        self.sink = self.figure("mirror", "gain_sink")

    def figure(self, kind: str, name: str) -> float:
        """A figure of a template under these conditions."""
        return figure_at(self.datasheets[kind], name, self.conditions)

    def mirror(
        self, instance: Instance, drives: Drives = datasheet_drive
    ) -> tuple[float, Influence]:
        """Gain of a unit transistor over one of its line's diode, and what moves it."""
        polarity: Polarity = "p" if instance.part == "source" else "n"
        gain = self.source if polarity == "p" else self.sink
        return gain, self.influences.of(instance, _FIGURE[polarity], drives=drives)

    def end(self, end: LineEnd) -> Influence:
        """Of the diode at an end of a line on everything that hangs there."""
        line = end.line
        if line.stage == REFERENCE:
            return self.bias[f"unit_{end.polarity}"]
        instances = self.circuit.stages[line.stage]
        if end.polarity != native_polarity(instances.stage, line.part):
            return self.diode(instances.turn_diode(line))
        if line.part == "keep":
            return self.diode(instances.keep_diode())
        diode = instances.line_diode(line.unit, line.part)
        if diode is not None:
            return self.diode(diode)
        kind = "splitter" if instances.stage.kind == "input" else instances.stage.kind
        figure = _UNIT_FIGURES.get((kind, line.part))
        if figure is None:
            return {}  # cells with a diode of their own have it in their level
        return self.influences.of(instances.cell(line.unit), figure)

    def turn(self, instances: StageInstances, line: Line) -> tuple[float, Influence]:
        """Gain and influence of a turned line over its native end."""
        gain, influence = self.mirror(instances.turn_copy(line))
        native = LineEnd(line, native_polarity(instances.stage, line.part))
        return gain, combined((1.0, influence), (1.0, self.end(native)))

    def unit_current(self, polarity: Polarity) -> float:
        """Nominal current of the unit line: the N line is a copy of the P line."""
        return 1.0 if polarity == "p" else self.source

    def keep_current(self, stage: Stage) -> tuple[float, Influence]:
        """The replica of a stage's keep-alive current, at its native end."""
        gain, influence = self.mirror(self.circuit.stages[stage.name].keep_source())
        asked = stage.keep_alive_units / self.design.reference_units
        return asked * gain, combined((1.0, influence), (1.0, self.bias["unit_p"]))

    def diode(self, instance: Instance, drives: Drives = datasheet_drive) -> Influence:
        """Of a diode on everything that hangs on its line."""
        polarity: Polarity = "p" if instance.part == "diode_p" else "n"
        return self.influences.of(instance, _FIGURE[polarity], drives=drives)

    def rectifier(self, instance: Instance, drives: Drives) -> Influence:
        """Of a rectifier on the copies of its line."""
        return self.influences.of(instance, "gain", drives=drives)

    def measured_at(self, kind: str, units: str) -> float:
        """Current of a unit transistor on which the sensitivities of a template stand, A.

        Args:
            kind: of the template.
            units: setting of its testbench that counts the transistors of its line.
        """
        datasheet = self.datasheets[kind]
        return datasheet.conditions.unit_current / datasheet.settings[units]

    def asked_at(self, kind: str, setting: str) -> float:
        """A current that the testbench of a cell asks for, A."""
        datasheet = self.datasheets[kind]
        asked = datasheet.settings[setting] / datasheet.settings["reference_units"]
        return asked * datasheet.conditions.unit_current

    def leakage_sink(self) -> float:
        """What a unit transistor of a sink on an empty line carries, unit currents."""
        splitter = self.datasheets["splitter"]
        leak = self.figure("splitter", "leak_current") / splitter.settings["units"]
        return leak / self.conditions.unit_current
