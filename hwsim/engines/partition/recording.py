"""One recording on one chip on its way through the parts of a network."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hwsim.circuits.netlist import supply_parts
from hwsim.circuits.partition.part import Part
from hwsim.circuits.partition.part_testbench import LineVoltage
from hwsim.engines.partition.part_result import PartResult
from hwsim.engines.partition.parted_network import Altered, PartedNetwork
from hwsim.engines.reading import Reading, UnitsReading, waveform_times
from hwsim.engines.trace import Floats, Waveform
from hwsim.engines.transients import Transient


class Recording:
    """What is known of a recording so far.

    Args:
        key: of its reading.
        network: in parts.
        currents: inputs of the chip, A, [step, channel].
        altered: the chip.
    """

    def __init__(
        self, key: str, network: PartedNetwork, currents: Floats, altered: Altered
    ) -> None:
        self.key = key
        self._network = network
        self._currents = currents
        self._altered = altered
        self._waiting = list(network.parts)
        self._results: dict[Part, PartResult] = {}
        self._lines: dict[str, LineVoltage] = {}

    @property
    def steps(self) -> int:
        """Time steps."""
        return len(self._currents)

    @property
    def finished(self) -> bool:
        """Whether every part has its result."""
        return len(self._results) == len(self._network.parts)

    @property
    def fraction(self) -> float:
        """Part of the units that are computed."""
        done = sum(len(part.units) for part in self._results)
        return done / sum(len(part.units) for part in self._network.parts)

    def take(self) -> Iterator[tuple[Part, Transient]]:
        """Parts that can be simulated now and were not taken before, as long as there are any."""
        while (part := self._next()) is not None:
            self._waiting.remove(part)
            yield part, self._network.transient(part, self._currents, self._lines, self._altered)

    def accept(self, part: Part, result: PartResult) -> None:
        """Add the result of a part."""
        self._results[part] = result
        self._lines.update(result.lines)

    def reading(self) -> Reading:
        """All parts together; they must be finished."""
        design = self._network.design
        units: dict[str, list[UnitsReading]] = {stage.name: [] for stage in design.stages}
        supply = {part: np.zeros(self.steps) for part in supply_parts(design)}
        for part in sorted(self._results):
            result = self._results[part]
            if result.units is not None:
                units[part.stage].append(result.units)
            for name, drawn in result.supply_current.items():
                supply[name] = supply[name] + drawn
        rows = {name: np.concatenate([u.current for u in v], 1) for name, v in units.items()}
        states = {name: [u.state for u in v if u.state is not None] for name, v in units.items()}
        waves = {name: np.concatenate([u.waveform for u in v], 1) for name, v in units.items()}
        return Reading(
            current=rows,
            state={name: np.concatenate(each, 1) for name, each in states.items() if each},
            supply_current=supply,
            waveform=Waveform(waveform_times(design, self.steps), waves),
            violations=tuple(t for v in units.values() for each in v for t in each.violations),
            seconds=sum(result.seconds for result in self._results.values()),
            attempts=tuple(
                f"{part.name}: {', '.join(self._results[part].attempts)}"
                for part in sorted(self._results)
                if self._results[part].attempts
            ),
        )

    def _next(self) -> Part | None:
        for part in self._waiting:
            if all(source in self._results for source in self._network.sources[part]):
                return part
        return None
