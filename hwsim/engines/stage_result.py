"""Which chips and samples a pass is of, and what it leaves of a stage."""

from __future__ import annotations

from dataclasses import dataclass, field

from hwsim.engines.arrays import Array


@dataclass(frozen=True, slots=True)
class Places:
    """Which chips and samples a pass is of, for the noise that belongs to them.

    Attributes:
        seed: of the production.
        chips: their numbers.
        samples: their indices in the data.
        batch: where these chips are in the batch of the model.
    """

    seed: int
    chips: range
    samples: tuple[int, ...]
    batch: slice = field(default_factory=lambda: slice(None))


@dataclass(frozen=True, slots=True, eq=False)
class StageResult:
    """A stage after a pass.

    Attributes:
        total: sum currents when they are read, unit currents, [chip, step, sample, unit]: of
            clocked cells when they decide, of others at the end of a step.
        state: of cells, at the end of a step, int8 [chip, step, sample, unit].
    """

    total: Array
    state: Array | None = None
