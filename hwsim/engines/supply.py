"""Supply current of a network from its signals: every branch that hangs on the supply, added up.

A branch is a P mirror into a summing node, the P diode of a line, or a copy in a turn-around.
What a node gets beyond its sinks flows to ground in a diode that costs nothing more; what it
lacks comes through the P diode of the splitter. All in unit currents; the branches of the cells
follow the currents of their comparators. Equations: docs/power.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Design
from hwsim.design.stage import CmruCell, FqBmruCell, Stage
from hwsim.design.wiring import (
    REFERENCE,
    Part,
    native_polarity,
    parts,
)
from hwsim.engines.chip_model import ChipModel, plain_model
from hwsim.engines.supply_cells import CellTotals, cell_currents, cell_limits, cell_totals
from hwsim.engines.supply_groups import Groups, total_of
from hwsim.engines.supply_shares import Bundle, replica, stage_shares
from hwsim.engines.supply_totals import (
    EachChip,
    EachStep,
    LineDrives,
    LineTotals,
    Signals,
    Span,
    Steps,
    Total,
    constant,
)
from hwsim.engines.trace import Floats, Integers

State = Integers | None

EVERY = slice(None)


@dataclass(frozen=True, slots=True, eq=False)
class StageTotals:
    """What a stage did, as its supply current depends on it.

    Attributes:
        lines: that it drives, by part.
        cells: None without any.
    """

    lines: Mapping[Part, LineTotals]
    cells: CellTotals | None


def supply_currents(
    design: Design, sums: Mapping[str, Floats], states: Mapping[str, State]
) -> dict[str, Floats]:
    """`SupplyModel.currents` of the integer circuit of a design."""
    return SupplyModel(design).currents(sums, states)


class SupplyModel:
    """The branches of the chips of a design that hang on the supply.

    Args:
        design: the network.
        model: the chips; None for the integer circuit of the design, which leaks nothing.
    """

    def __init__(self, design: Design, model: ChipModel | None = None) -> None:
        self._design = design
        self._model = plain_model(design) if model is None else model
        self._turned = {(end.line.stage, end.line.part) for end in self._model.turned}
        self._shares = {
            stage.name: stage_shares(design, stage, self._model) for stage in design.stages
        }

    def currents(
        self, sums: Mapping[str, Floats], states: Mapping[str, State]
    ) -> dict[str, Floats]:
        """Current of the first chip from the supply by part of the chip.

        Args:
            sums: sum currents by stage, unit currents, [sequence, step, unit].
            states: states by stage, [sequence, step, unit], None where there are no cells.

        Returns:
            Unit currents, mean of each step, [sequence, step], for the reference and each stage.
        """
        groups = self.groups(sums, states)
        return {part: total_of(found) for part, found in groups.items()}

    def groups(self, sums: Mapping[str, Floats], states: Mapping[str, State]) -> dict[str, Groups]:
        """The same by part and group of devices."""
        over, chip = EachStep(sums[self._design.stages[0].name].shape[:-1]), slice(0, 1)
        totals = {
            stage.name: self.totals(stage, sums[stage.name], states[stage.name], over, chip)
            for stage in self._design.stages
        }
        return self._added(totals, over, chip)

    def charges(
        self,
        sums: Mapping[str, Floats],
        states: Mapping[str, State],
        valid: NDArray[np.bool_],
        chips: slice = EVERY,
    ) -> Floats:
        """Current of whole chips summed over steps and samples, unit currents, [chip].

        The same as the sum of `currents`, of signals that are summed before they are weighed.

        Args:
            sums: sum currents by stage, unit currents, [chip, step, sample, unit].
            states: states by stage, of the same shape, None where there are no cells.
            valid: which steps count, [step, sample].
            chips: of the model.
        """
        weights = valid.reshape(-1).astype(np.float64)
        over = EachChip((sums[self._design.stages[-1].name].shape[0],), weights)
        totals = {
            stage.name: self.totals(stage, sums[stage.name], states[stage.name], over, chips)
            for stage in self._design.stages
        }
        return self.charges_of(totals, over.weight, chips)

    def charges_of(
        self, totals: Mapping[str, StageTotals], steps: float, chips: slice = EVERY
    ) -> Floats:
        """`charges` of signals that are summed already.

        Args:
            totals: what each stage that drives lines did, [chip, unit].
            steps: of all samples.
            chips: of the model.
        """
        over = Steps((len(range(self._model.parameters.count)[chips]),), steps)
        found = self._added(totals, over, chips)
        return np.asarray(sum(total_of(groups) for groups in found.values()))

    def totals(
        self, stage: Stage, total: Floats, state: State, over: Total, chips: slice
    ) -> StageTotals:
        """What a stage did.

        Args:
            stage: one of the design's.
            total: sum currents, unit currents, [..., step, ..., unit] with the step on axis 1.
            state: of its cells, of the same shape; None where there are none.
            over: what to add up over.
            chips: of the model.
        """
        signal: Signals = total
        cells = None
        if stage.cell is not None and state is not None:
            limits = cell_limits(self._design, stage, stage.cell, self._model)
            cells = cell_totals(stage.cell, limits, total, state, over)
            signal = self._mean_state(stage, state)
        drives = self.drives(stage, chips)
        return StageTotals({part: over.lines(signal, each) for part, each in drives.items()}, cells)

    def drives(self, stage: Stage, chips: slice) -> dict[Part, LineDrives]:
        """What the signals of a stage make of its lines by part.

        The signal of cells is their state: that of a clocked one changes in the middle of a step
        and counts with its mean, see `early_part`.
        """
        if stage.kind == "output":
            return {}
        one = np.ones((1, stage.size))
        scales = {part: -one if part == "minus" else one for part in parts(stage)}
        levels = self._model.parameters.stages[stage.name].levels
        if levels is not None and stage.cell is not None:
            # The first level of a ladder is its lowest, that of a comparator is clear.
            lowest, highest = levels[chips][..., 0], levels[chips][..., -1]
            ladder = isinstance(stage.cell, CmruCell)
            half = (levels.shape[-1] - 1) // 2 if ladder else 1
            supply = self._model.supply
            each = (supply.sink(stage.cell.level_units) if ladder else supply.sink()) / half
            scales = {part: each * (lowest if part == "minus" else highest) for part in scales}
        return {
            part: LineDrives(scale, self._kept(stage, part, chips), *self._idle(stage, part))
            for part, scale in scales.items()
        }

    def early_part(self, stage: Stage) -> float:
        """Part of a step in which the state of the step before stands."""
        return self._design.operating.write_fraction if stage.kind == "cmru" else 0.0

    def _mean_state(self, stage: Stage, state: Integers) -> Signals:
        early = self.early_part(stage)
        if not early:
            return state
        mean = (1.0 - early) * state
        mean[:, 1:] += early * state[:, :-1]
        return np.asarray(mean)

    def _added(
        self, totals: Mapping[str, StageTotals], over: Span, chips: slice
    ) -> dict[str, Groups]:
        """Currents by part and group."""
        supply = self._model.supply
        bias = constant(1.0 + supply.gain["p"] * supply.source(), over)
        result: dict[str, Groups] = {REFERENCE: {"bias": bias}}
        drawn: dict[Bundle, LineTotals] = {}
        for stage in self._design.stages:
            own = totals.get(stage.name, StageTotals({}, None))
            drawn |= {(stage.name, part): lines for part, lines in own.lines.items()}
            groups = self._shared(stage, drawn, over, chips)
            if own.cells is not None:
                found = cell_currents(self._design, stage, self._model, own.cells, over)
                for group, current in found.items():
                    groups[group] = groups.get(group, 0.0) + current
            self._own_diodes(stage, own.lines, groups, over, chips)
            result[stage.name] = groups
        return result

    def _kept(self, stage: Stage, part: Part, chips: slice) -> Floats:
        """What flows into each line of a part besides its signal, unit currents, [chip]."""
        found = self._model.parameters.stages[stage.name]
        if part in found.keep_parts:
            return np.asarray(self._keep_alive(stage, part, chips).mean(axis=1))
        # What leaves a clear comparator is measured behind a mirror: it is that mirror's leakage.
        empty = stage.cell is not None and not isinstance(stage.cell, FqBmruCell)
        return np.full(1, self._model.empty.get(stage.name, 0.0) if empty else 0.0)

    def _keep_alive(self, stage: Stage, part: Part, chips: slice) -> Floats:
        """Keep-alive currents of a part, [chip, unit]."""
        found, supply = self._model.parameters.stages[stage.name], self._model.supply
        side = supply.source() if part == "plus" else supply.sink()
        return np.asarray(found.keep[chips, :, found.keep_parts.index(part)] * side)

    def _idle(self, stage: Stage, part: Part) -> tuple[float, float]:
        """Leakage of mirrors as large as the diodes of a part, where it reaches the supply."""
        native = native_polarity(stage, part)
        turned = (stage.name, part) in self._turned
        each = [self._model.supply.idle[side] * stage.diode_units for side in (native, "p")]
        return each[0] * (turned or native == "p"), each[1] * (turned and native == "n")

    def _shared(
        self, stage: Stage, drawn: Mapping[Bundle, LineTotals], over: Span, chips: slice
    ) -> Groups:
        """What a stage draws for lines, and always."""
        shares = self._shares[stage.name]
        found = self._model.parameters.stages[stage.name]
        always = shares.bias[chips]
        for part in found.keep_parts:
            always = always + self._keep_alive(stage, part, chips).sum(axis=1)
        always = always + replica(self._design, stage, self._model)
        groups: Groups = {
            "bias": constant(always, over),
            "mirrors": np.zeros(over.shape),
            "diodes": np.zeros(over.shape),
            "leakage": constant(shares.leakage, over),
        }
        for bundle, share in shares.lines.items():
            lines = drawn[bundle]
            groups["mirrors"] += (lines.drive * share.mirrors[chips]).sum(axis=-1)
            groups["diodes"] += (lines.drive * share.diodes[chips]).sum(axis=-1)
            groups["leakage"] += (lines.native * share.native[chips]).sum(axis=-1)
            groups["leakage"] += (lines.turned * share.turned[chips]).sum(axis=-1)
        return groups

    def _own_diodes(
        self,
        stage: Stage,
        lines: Mapping[Part, LineTotals],
        groups: Groups,
        over: Span,
        chips: slice,
    ) -> None:
        """Add what flows out of the P diodes of a stage's own lines."""
        for part, each in lines.items():
            if native_polarity(stage, part) == "p":
                always = constant(self._kept(stage, part, chips) * stage.size, over)
                signal = each.drive.sum(axis=-1) - always
                if stage.cell is None:
                    groups["diodes"] = groups["diodes"] + signal  # keep-alive is a bias
                else:
                    groups["outputs"] = groups.get("outputs", 0.0) + signal
                    groups["leakage"] = groups["leakage"] + always
