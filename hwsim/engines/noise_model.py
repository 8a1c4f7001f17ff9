"""How noisy a candidate is in the bandwidth in which its cell decides.

Datasheets give noise in 1 kHz: of a cell, referred to its candidate at the trip point, and of a
mirror's output at a known current. Most of it is shot noise of transistors in weak inversion,
whose square goes with the current and with the bandwidth (R. Sarpeshkar, T. Delbruck, C. A. Mead,
"White noise in MOS transistors and resistors", IEEE Circuits and Devices Magazine 9(6), 1993);
flicker is in the measured figure, and is scaled as if it were white.

A cell that decides with the charge `q` at a threshold `I` follows its candidate with the time
constant ``q / I``, and sees the noise bandwidth ``I / 4q``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hwsim.chips.interpolation import figure_at
from hwsim.chips.parameters import ChipParameters, StageParameters
from hwsim.circuits.datasheet import Datasheet
from hwsim.design.design import Design
from hwsim.design.stage import Stage

Floats = NDArray[np.float64]

MEASURED_BANDWIDTH = 1e3
"""Of the noise figures of datasheets, Hz."""

LINE_CURRENT = 0.4
"""Typical current of a signal line, unit currents: mean of one side of a standard normal, which
inputs are scaled to; rows of later stages are of the same size (docs/engines.md)."""

_CHARGE = {"cmru": "decision_charge", "fq_bmru": "rise_charge"}


def noise_rms(
    design: Design, datasheets: Mapping[str, Datasheet], parameters: ChipParameters
) -> dict[str, Floats]:
    """Rms of the noise of every candidate, unit currents, by stage of cells, [chip, unit].

    Args:
        design: the network.
        datasheets: by kind of template.
        parameters: of the chips.

    Raises:
        InputError: a datasheet without the figures of noise.
    """
    return {
        stage.name: _stage_rms(design, stage, datasheets, parameters.stages[stage.name])
        for stage in design.cells
    }


def _stage_rms(
    design: Design, stage: Stage, datasheets: Mapping[str, Datasheet], found: StageParameters
) -> Floats:
    if found.upper is None:
        raise ValueError(f"stage {stage.name} has no cells")
    unit = design.operating.unit_current
    cell = datasheets[stage.kind]
    charge = _figure(cell, _CHARGE[stage.kind]) / unit
    bandwidth = found.upper / (4 * charge)
    push = np.maximum(found.gain, 0.0).sum(axis=2) * LINE_CURRENT + found.bias_push
    pull = np.maximum(-found.gain, 0.0).sum(axis=2) * LINE_CURRENT + found.bias_pull
    mirrors = _density(datasheets["mirror"], "source", unit) * push
    mirrors = mirrors + _density(datasheets["mirror"], "sink", unit) * pull
    own = (_figure(cell, "candidate_noise") / unit) ** 2
    return np.asarray(np.sqrt((own + mirrors) * bandwidth / MEASURED_BANDWIDTH))


def _density(mirror: Datasheet, side: str, unit: float) -> float:
    """Square of the noise per current of an output in the measured bandwidth, unit currents."""
    settings = mirror.settings
    current = settings["units"] / settings["reference_units"]
    return (_figure(mirror, f"noise_{side}") / unit) ** 2 / current


def _figure(datasheet: Datasheet, name: str) -> float:
    return figure_at(datasheet, name, datasheet.conditions)
