"""What goes in, a `Deck`, and what comes out, a `Result`."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.spice.samples import Plots

Alterations = Mapping[str, float]
"""Parameters of devices of a loaded circuit -> values: ``@m.xcell.xa.m1[delvto]``, ``@vdd[dc]``."""

# ngspice's `source` splits at blanks and expands $, !, ~ and globs.
_PLAIN_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.+-]*")
_TARGET = re.compile(r"@[a-z0-9_.]+\[[a-z0-9_]+\]")


@dataclass(frozen=True, slots=True)
class Deck:
    """A netlist file, run in its own folder so that its relative includes resolve.

    Args:
        path: the file; the folder may have any name, the file a plain one.
        stop_time: when the transient ends [s]; its last point must lie there. None: not checked.
        expected_plots: what the run must leave behind, as `Result.plots` names it.
        variants: further runs of the circuit, each with devices altered and without reading the
            file again: a thousand small circuits in the time of a few.
        altered: devices that the first run finds altered already; the variants come on top.

    Raises:
        InputError: the file's name is one that ngspice cannot be told, the stop time is not a
            positive number, or something else than ``@device[parameter]`` is altered, or to
            something else than a finite number.
    """

    path: Path
    stop_time: float | None = None
    expected_plots: tuple[str, ...] = ("tran",)
    variants: tuple[Alterations, ...] = ()
    altered: Alterations = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not _PLAIN_NAME.fullmatch(self.path.name):
            raise InputError(
                "ngspice cannot read a file of this name",
                where=str(self.path),
                hint="use letters, digits, '.', '_', '+' and '-' only",
            )
        if self.stop_time is not None and not (
            math.isfinite(self.stop_time) and self.stop_time > 0
        ):
            raise InputError(
                f"the stop time must be positive, not {self.stop_time} s", where=str(self.path)
            )
        for variant in (self.altered, *self.variants):
            for target, value in variant.items():
                if not (_TARGET.fullmatch(target) and math.isfinite(value)):
                    raise InputError(
                        f"'{target} = {value}' alters nothing that ngspice knows",
                        where=str(self.path),
                        hint="write @device[parameter] in lower case, and a finite number",
                    )


@dataclass(frozen=True, slots=True)
class Result:
    """What a run left behind, and what became of its variants.

    Attributes:
        plots: for each plot the vectors by name. The first plot of a kind has the bare kind as
            its name (``tran``, ``op``, ``dc``, ``ac``, ``noise``), later ones a number from 2 on
            (``noise2`` holds the integrated noise). Vector names are lower case: ``time``,
            ``v(out)``, ``v(x1.out)``, ``i(vdd)``, ``i(v.x1.vsense)``, ``@m1[id]``; units are V,
            A, s, Hz. All vectors of a plot have the same length.
        log: everything ngspice said.
        wall_seconds: time from reading the deck to the end of the analyses [s].
        ngspice_version: for example ``39``.
        variants: of `Deck.variants`, in their order; each stands for itself, so one that finds no
            solution is an error among results.
    """

    plots: Plots
    log: str
    wall_seconds: float
    ngspice_version: str
    variants: tuple[Result | SimulatorError, ...] = ()

    def vector(self, name: str, plot: str = "tran") -> NDArray[np.float64]:
        """One real vector, ``[points]``; the complex ones of an AC analysis are in `plots`.

        Raises:
            SimulatorError: the run left no such vector (ngspice drops a ``.save`` of an unknown
                node without a word).
        """
        samples = self.plots.get(plot, {}).get(name)
        if samples is None or np.iscomplexobj(samples):
            raise SimulatorError(
                f"the run left no real vector '{name}' in plot '{plot}'",
                hint="check the node's name and the .save lines of the deck",
            )
        return samples.real
