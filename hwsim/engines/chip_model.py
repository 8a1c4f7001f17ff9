"""A batch of chips as the behavioural engine computes with it: parameters, physics, effects."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from hwsim.chips.datasheets import datasheets_of
from hwsim.chips.interpolation import figure_at
from hwsim.chips.parameters import NOMINAL, ChipParameters, StageParameters, chip_parameters
from hwsim.chips.population import Population
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.datasheet import Conditions as At
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.testbench import Conditions
from hwsim.design.design import Design
from hwsim.design.stage import FqBmruCell, Stage
from hwsim.design.wiring import LineEnd, Load, line_loads, turned_ends
from hwsim.engines.effects import EVERY_EFFECT, NOTHING_ELSE, Effects
from hwsim.engines.noise_model import noise_rms
from hwsim.engines.plain_chip import plain_parameters
from hwsim.engines.reading import SETTLED
from hwsim.engines.supply_figures import SupplyFigures, supply_figures
from hwsim.engines.trip_points import TripPoints

Floats = NDArray[np.float64]

TRANSIENT_MOMENTS = (0.02, 0.04, 0.07, 0.1, 0.14, 0.18, 0.22, 0.27, 0.33, 0.45, 0.65, SETTLED)
"""Parts of a step at which cells without a clock see their candidate: lines of unlike capacitance
let it overshoot after a change of the inputs, and such a cell decides at once."""


@dataclass(frozen=True, slots=True, eq=False)
class ChipModel:
    """Chips, and what is modelled of them. Currents in unit currents, times in s.

    Attributes:
        parameters: gains, thresholds and levels of every chip.
        effects: what else is modelled.
        turned: line ends that a turn-around drives.
        moments: of a step at which currents are computed, the last one its end.
        slope_source: relative change of a source's gain per V of its node.
        slope_sink: of a sink's gain.
        bend_source: relative fall of a source's gain per e-fold of its current.
        bend_sink: of a sink's gain.
        measured_units: unit transistors of the diode that the gains were measured with.
        swing: of the node of a splitter between the signs of its current, V.
        charges: of line ends, unit current s: `hwsim.engines.line_dynamics`.
        crossing_charge: that a change of sign of a splitter takes, unit current s.
        empty: current of an empty level line, by stage of cells.
        rise_charge: that setting a comparator takes, unit current s, by stage.
        fall_charge: that clearing it takes.
        noise: rms of a candidate's noise, by stage of cells, [chip, unit].
        supply: what the power model takes from the datasheets.
    """

    parameters: ChipParameters
    effects: Effects
    turned: frozenset[LineEnd]
    moments: tuple[float, ...]
    slope_source: float
    slope_sink: float
    bend_source: float
    bend_sink: float
    measured_units: float
    swing: float
    charges: Mapping[LineEnd, float]
    crossing_charge: float
    empty: Mapping[str, float]
    rise_charge: Mapping[str, float]
    fall_charge: Mapping[str, float]
    noise: Mapping[str, Floats]
    supply: SupplyFigures = field(default_factory=SupplyFigures)

    def take(self, chips: slice) -> ChipModel:
        """Some chips of the batch by themselves.

        Args:
            chips: their positions.
        """
        stages = {name: _part(stage, chips) for name, stage in self.parameters.stages.items()}
        count = len(range(self.parameters.count)[chips])
        return replace(
            self,
            parameters=replace(self.parameters, stages=stages, count=count),
            noise={name: rms[chips] for name, rms in self.noise.items()},
        )

    def trip_points(self, stage: Stage, chip: int = 0) -> TripPoints:
        """Trip points of the cells of one chip.

        Args:
            stage: a stage of cells.
            chip: position in the batch.
        """
        found = self.parameters.stages[stage.name]
        if found.upper is None or found.lower is None:
            raise ValueError(f"stage {stage.name} has no cells")
        return TripPoints(found.upper[chip], found.lower[chip])


def plain_model(design: Design) -> ChipModel:
    """The integer circuit of a design: exact mirrors, nominal thresholds and levels."""
    return ChipModel(
        parameters=plain_parameters(design),
        effects=NOTHING_ELSE,
        turned=turned_ends(design),
        moments=(SETTLED * design.operating.step,),
        slope_source=0.0,
        slope_sink=0.0,
        bend_source=0.0,
        bend_sink=0.0,
        measured_units=1.0,
        swing=0.0,
        charges={},
        crossing_charge=0.0,
        empty={},
        rise_charge={},
        fall_charge={},
        noise={},
    )


def chip_model(
    design: Design,
    circuits: CircuitSet,
    population: Population | None = None,
    conditions: Conditions = NOMINAL,
    effects: Effects = EVERY_EFFECT,
    datasheets: Mapping[str, Datasheet] | None = None,
) -> ChipModel:
    """Chips as their datasheets describe them.

    Args:
        design: the network.
        circuits: its templates and technology.
        population: which chips; None for the nominal one.
        conditions: corner and temperature; supply and unit current are the design's.
        effects: what is modelled beside gains and thresholds.
        datasheets: by kind of template; None takes those that are shipped or measured.

    Raises:
        InputError: a template without a datasheet, or conditions that were not measured.
    """
    sheets = datasheets_of(circuits) if datasheets is None else datasheets
    parameters = chip_parameters(design, sheets, population, conditions, circuits=circuits)
    operating = design.operating
    at = At(
        corner=conditions.corner,
        temperature=conditions.temperature,
        supply_voltage=operating.supply_voltage,
        unit_current=operating.unit_current,
    )

    def figure(kind: str, name: str) -> float:
        return figure_at(sheets[kind], name, at)

    half = operating.supply_voltage / 2
    unit = operating.unit_current
    comparators = [stage for stage in design.cells if isinstance(stage.cell, FqBmruCell)]
    return ChipModel(
        parameters=parameters,
        effects=effects,
        turned=turned_ends(design),
        moments=_moments(design, effects),
        slope_source=-figure("mirror", "slope_source") / half,
        slope_sink=figure("mirror", "slope_sink") / half,
        bend_source=_bend(sheets["mirror"], "gain_source", at),
        bend_sink=_bend(sheets["mirror"], "gain_sink", at),
        measured_units=sheets["mirror"].settings["reference_units"],
        swing=figure("splitter", "swing"),
        charges=_charges(design, sheets["mirror"]) if effects.tails else {},
        crossing_charge=figure("splitter", "crossing_charge") / unit,
        empty={s.name: figure(s.kind, "off_current") / unit for s in design.cells},
        rise_charge={s.name: figure(s.kind, "rise_charge") / unit for s in comparators},
        fall_charge={s.name: figure(s.kind, "fall_charge") / unit for s in comparators},
        noise=noise_rms(design, sheets, parameters) if effects.step_noise else {},
        supply=supply_figures(design, sheets, at),
    )


def _moments(design: Design, effects: Effects) -> tuple[float, ...]:
    """When currents are computed: at decisions, and at the end; without tails nothing moves."""
    operating = design.operating
    parts: set[float] = {SETTLED}
    if effects.tails:
        for stage in design.cells:
            clocked = stage.kind == "cmru"
            parts |= {operating.write_fraction} if clocked else set(TRANSIENT_MOMENTS)
    return tuple(part * operating.step for part in sorted(parts))


def _bend(mirror: Datasheet, figure: str, at: At) -> float:
    """Relative fall of a gain per e-fold of the current, over a decade around the unit current."""
    measured = [each.conditions.unit_current for each in mirror.grid] + [at.unit_current]
    low = max(at.unit_current / math.sqrt(10), min(measured))
    high = min(at.unit_current * math.sqrt(10), max(measured))
    if not low < high:
        return 0.0
    gains = [
        figure_at(mirror, figure, at.model_copy(update={"unit_current": current}))
        for current in (low, high)
    ]
    return math.log(gains[0] / gains[1]) / math.log(high / low)


def _charges(design: Design, mirror: Datasheet) -> dict[LineEnd, float]:
    """Charge of every line end, unit current s."""
    unit = design.operating.unit_current
    side = {"p": "source", "n": "sink"}

    def charge(end: LineEnd, load: Load) -> float:
        names = f"tail_charge_{side[end.polarity]}", f"tail_charge_diode_{side[end.polarity]}"
        each, diode = (figure_at(mirror, name, mirror.conditions) for name in names)
        return (load.mirrors + load.diode) * each + load.diode * diode

    return {end: charge(end, load) / unit for end, load in line_loads(design).items()}


def _part(stage: StageParameters, chips: slice) -> StageParameters:
    """A stage of some chips."""

    def of(values: Floats) -> Floats:
        return values[chips]

    return replace(
        stage,
        gain=of(stage.gain),
        bias_push=of(stage.bias_push),
        bias_pull=of(stage.bias_pull),
        turn_gain=of(stage.turn_gain),
        keep=of(stage.keep),
        upper=None if stage.upper is None else of(stage.upper),
        lower=None if stage.lower is None else of(stage.lower),
        levels=None if stage.levels is None else of(stage.levels),
    )
