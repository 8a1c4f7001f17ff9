"""Instances of the mirror template: sources, sinks, diodes and turn-arounds of lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from hwsim.circuits import nodes
from hwsim.circuits.instance import instance
from hwsim.circuits.template import Template
from hwsim.design.wiring import OTHER_POLARITY, Polarity

RAILS = {"vdd": "vdd", "vss": "vss"}
"""Supply roles and their nodes inside a stage."""

_SIDE = {"p": "source", "n": "sink"}


@dataclass(frozen=True, slots=True)
class Mirrors:
    """Places the subcircuits of one mirror template.

    Attributes:
        template: of kind ``mirror``.
    """

    template: Template

    def output(
        self,
        name: str,
        polarity: Polarity,
        gate: str,
        out: str,
        units: int,
        comment: str = "",
        rails: Mapping[str, str] = RAILS,
    ) -> str:
        """A mirror of `units` on a P line (a source) or an N line (a sink) into node `out`."""
        roles = {f"line_{polarity}": gate, "node": out, **rails}
        roles |= {role: role for role in nodes.BIAS_ROLES}
        subcircuit = self.template.subcircuits[_SIDE[polarity]]
        return instance(name, subcircuit, roles, self._units(units), comment)

    def diode(self, name: str, polarity: Polarity, node: str, units: int) -> str:
        """The diode that makes `node` a line."""
        subcircuit = self.template.subcircuits[f"diode_{polarity}"]
        return instance(name, subcircuit, {f"line_{polarity}": node, **RAILS}, self._units(units))

    def turn(
        self, name: str, polarity: Polarity, node: str, turned: str, units: int
    ) -> Iterator[str]:
        """A line of the given polarity copied one to one onto a line of the other polarity."""
        yield self.output(f"{name}_copy", polarity, node, turned, units)
        yield self.diode(f"{name}_diode", OTHER_POLARITY[polarity], turned, units)

    def _units(self, units: int) -> dict[str, float]:
        return {parameter: float(units) for parameter in self.template.parameters}
