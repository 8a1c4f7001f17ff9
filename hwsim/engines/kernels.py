"""Which form of the cells an engine runs: on arrays of any library, or compiled for NumPy's."""

from __future__ import annotations

import importlib
import importlib.util
from dataclasses import dataclass
from typing import Literal, Protocol

from hwsim.engines import comparator_settling, line_drives, line_dynamics, recurrence, step_noise
from hwsim.engines.arrays import Array, Arrays
from hwsim.engines.step_noise import StepNoise
from hwsim.foundation.errors import InputError

Form = Literal["fastest", "arrays", "compiled"]


class RunLadder(Protocol):
    """See `hwsim.engines.recurrence.run_ladder`."""

    def __call__(
        self,
        candidate: Array,
        upper: Array,
        lower: Array,
        half_range: int,
        noise: StepNoise | None = None,
    ) -> Array:
        """Levels, int8 [step, chip, sample, unit]."""
        ...


class RunComparator(Protocol):
    """See `hwsim.engines.recurrence.run_comparator`."""

    def __call__(
        self, candidate: Array, upper: Array, lower: Array, noise: StepNoise | None = None
    ) -> Array:
        """States, int8 [step, chip, sample, unit]."""
        ...


class LevelCurrents(Protocol):
    """See `hwsim.engines.recurrence.level_currents`."""

    def __call__(self, levels: Array, table: Array) -> Array:
        """Currents, [step, chip, sample, unit]."""
        ...


class NoiseCurrents(Protocol):
    """See `hwsim.engines.step_noise.noise_currents`."""

    def __call__(self, noise: StepNoise, steps: int) -> Array:
        """Currents, [step, chip, sample, unit]."""
        ...


class LineDrives(Protocol):
    """See `hwsim.engines.line_drives.line_drives`."""

    def __call__(self, signed: Array, sides: int) -> Array:
        """Currents, [..., line]."""
        ...


class Follow(Protocol):
    """See `hwsim.engines.line_dynamics.follow`."""

    def __call__(
        self, drive: Array, time_over_charge: Array, start: Array | float, least: Array
    ) -> Array:
        """Currents, [chip, step, moment, sample, line]."""
        ...


class Bent(Protocol):
    """See `hwsim.engines.line_dynamics.bent`."""

    def __call__(self, current: Array, full: float, bend: Array) -> Array:
        """Currents, [..., line]."""
        ...


class Crossed(Protocol):
    """See `hwsim.engines.line_dynamics.crossed`."""

    def __call__(self, total: Array, times: Array, charge: float) -> Array:
        """Currents, [chip, step, moment, sample, unit]."""
        ...


class RunSettlingComparator(Protocol):
    """See `hwsim.engines.comparator_settling.run_settling_comparator`."""

    def __call__(
        self,
        candidate: Array,
        upper: Array,
        lower: Array,
        times: Array,
        charges: tuple[float, float],
        noise: StepNoise | None = None,
        before: Array | None = None,
    ) -> Array:
        """States, int8 [moment, chip, sample, unit]."""
        ...


@dataclass(frozen=True, slots=True)
class Kernels:
    """The inner loops of the behavioural engine in one form; every form has the same results.

    Attributes:
        form: ``arrays`` or ``compiled``.
        run_ladder: candidates to levels of saturating CMRUs.
        run_comparator: candidates to states of FQ-BMRUs.
        level_currents: levels to currents.
        noise_currents: noise where all of it is needed, as on inputs.
        line_drives: signals to the drives of lines.
        follow: drives of lines to their currents.
        bent: currents of lines to what mirrors copy.
        crossed: sums of splitters to what flows on.
        run_settling_comparator: candidates to states of comparators that need a charge.
    """

    form: str
    run_ladder: RunLadder
    run_comparator: RunComparator
    level_currents: LevelCurrents
    noise_currents: NoiseCurrents
    line_drives: LineDrives
    follow: Follow
    bent: Bent
    crossed: Crossed
    run_settling_comparator: RunSettlingComparator


ON_ARRAYS = Kernels(
    "arrays",
    recurrence.run_ladder,
    recurrence.run_comparator,
    recurrence.level_currents,
    step_noise.noise_currents,
    line_drives.line_drives,
    line_dynamics.follow,
    line_dynamics.bent,
    line_dynamics.crossed,
    comparator_settling.run_settling_comparator,
)


def kernels_for(arrays: Arrays, form: Form = "fastest") -> Kernels:
    """Kernels for arrays.

    Args:
        arrays: whose arrays they get.
        form: ``fastest`` is compiled where that is possible.

    Raises:
        InputError: compiled kernels were asked for and cannot be had.
    """
    possible = arrays.library == "numpy" and importlib.util.find_spec("numba") is not None
    if form == "arrays" or (form == "fastest" and not possible):
        return ON_ARRAYS
    if arrays.library != "numpy":
        raise InputError(
            f"compiled kernels take arrays of NumPy, not of {arrays.library}",
            hint="leave the form to hwsim, or compute with numpy",
        )
    if not possible:
        raise InputError(
            "compiled kernels need numba, which is not installed", hint="pip install 'hwsim[fast]'"
        )
    # numba takes a second to import, and only those who run many chips want it.
    compiled = importlib.import_module("hwsim.engines.compiled")
    drives = importlib.import_module("hwsim.engines.compiled_drives")
    lines = importlib.import_module("hwsim.engines.compiled_lines")
    return Kernels(
        "compiled",
        compiled.run_ladder,
        compiled.run_comparator,
        compiled.level_currents,
        compiled.noise_currents,
        drives.line_drives,
        lines.follow,
        lines.bent,
        lines.crossed,
        lines.run_settling_comparator,
    )
