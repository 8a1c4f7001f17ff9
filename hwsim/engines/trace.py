"""What every engine returns: the currents and states of a network, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hwsim.design.design import Readout

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class StageTrace:
    """One stage of a network over a batch of sequences.

    Attributes:
        current: current into each unit, A, [sequence, step, unit]: the candidate of a cell, the
            signed sum of a splitter, what a rectifier takes, the current out of an output.
        state: level of a CMRU (-K to K), 0 or 1 of an FQ-BMRU, [sequence, step, unit];
            None for stages without cells.
    """

    current: Floats
    state: Integers | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Waveform:
    """One sequence on a fine grid of time, from an engine that knows time.

    Attributes:
        time: s, [point].
        current: sum current into each unit by stage, A, [point, unit].
    """

    time: Floats
    current: Mapping[str, Floats]


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """What a network did with a batch of sequences.

    Attributes:
        engine: ``ideal``, ``behavioural`` or ``ngspice``.
        step: duration of a time step, s.
        lengths: valid steps of each sequence, [sequence]; what lies beyond is not meaningful.
        stages: by name, in the order of the signal.
        supply_current: current from the supply by part of the chip, A, mean of each step,
            [sequence, step]; empty for the ideal engine.
        supply_groups: the same by part and group of devices (`hwsim.engines.supply_groups`), from
            the behavioural engine alone.
        clock_energy: of the clock drivers in one step, J, which no supply current holds; None where
            nobody knows it.
        waveforms: one a sequence, or none.
        violations: what a run found that a ladder cannot do (not a thermometer code, more than
            one level a step); empty for a sound run.
        attempts: decks for which ngspice found no solution at first, and what solved them.
    """

    engine: str
    step: float
    lengths: Integers
    stages: Mapping[str, StageTrace]
    supply_current: Mapping[str, Floats] = field(default_factory=dict)
    supply_groups: Mapping[str, Mapping[str, Floats]] = field(default_factory=dict)
    clock_energy: float | None = None
    waveforms: Sequence[Waveform] = ()
    violations: tuple[str, ...] = ()
    attempts: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.lengths)

    @property
    def mask(self) -> NDArray[np.bool_]:
        """True at valid steps, [sequence, step]."""
        steps = next(iter(self.stages.values())).current.shape[1]
        return np.arange(steps)[None, :] < self.lengths[:, None]

    @property
    def outputs(self) -> Floats:
        """Output currents of the last stage, A, [sequence, step, class]."""
        return list(self.stages.values())[-1].current

    def logits(self, readout: Readout) -> Floats:
        """Output currents as a decision reads them, A, [sequence, class]."""
        if readout.over == "last":
            return self.outputs[np.arange(len(self)), self.lengths - 1]
        valid = self.mask[..., None]
        total = np.where(valid, self.outputs, 0.0).sum(axis=1)
        return np.asarray(total / self.lengths[:, None])

    def decisions(self, readout: Readout) -> Integers:
        """Index of the class with the largest logit, [sequence]."""
        return np.asarray(self.logits(readout).argmax(axis=1), dtype=np.int64)

    def supply_power(self, supply_voltage: float) -> Floats:
        """Mean power of each sequence over its valid steps, W, [sequence]."""
        total = sum(self.supply_current.values(), np.zeros(self.mask.shape))
        return np.asarray(
            supply_voltage * np.where(self.mask, total, 0.0).sum(axis=1) / self.lengths
        )

    def take(self, indices: Sequence[int]) -> Trace:
        """The sequences at `indices`, in that order."""
        chosen = list(indices)
        return Trace(
            engine=self.engine,
            step=self.step,
            lengths=self.lengths[chosen],
            stages={
                name: StageTrace(
                    stage.current[chosen], None if stage.state is None else stage.state[chosen]
                )
                for name, stage in self.stages.items()
            },
            supply_current={part: value[chosen] for part, value in self.supply_current.items()},
            supply_groups={
                part: {group: value[chosen] for group, value in groups.items()}
                for part, groups in self.supply_groups.items()
            },
            clock_energy=self.clock_energy,
            waveforms=tuple(self.waveforms[i] for i in chosen) if self.waveforms else (),
            violations=self.violations,
            attempts=self.attempts,
        )
