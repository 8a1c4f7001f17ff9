"""Design rules: does the circuit have the currents and the time that its cells need?

Each rule compares a figure of the design with a limit of the technology or of a template and
says both numbers. An ``error`` means that the chip cannot work, a ``warning`` that it will be
less exact than it could be.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from hwsim.design.design import Design
from hwsim.design.quantise import largest_units
from hwsim.design.stage import CmruCell, Stage
from hwsim.design.switching import decision_time, decision_window
from hwsim.design.wiring import Line, row_mirrors
from hwsim.foundation.quantities import format_quantity

Severity = Literal["ok", "warning", "error"]

DECISION_CHARGES = {"cmru": ("decision_charge",), "fq_bmru": ("rise_charge", "fall_charge")}
"""The figures of a datasheet that say how long a decision takes, by kind of cell."""

SIGMAS = 4
"""Currents within this many standard deviations should stay in weak inversion."""

THERMAL_VOLTAGE = 0.02585
"""kT/q at 27 C, V."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What technology and templates allow.

    Attributes:
        device_current: largest current of a unit transistor in weak inversion, A.
        leakage: leakage of a unit transistor that is off, typical at 27 C, A.
        hot_leakage: the same at the hottest corner, A.
        gate_capacitance: of a unit transistor, F.
        slope_factor: n of weak inversion.
    """

    device_current: float
    leakage: float
    hot_leakage: float
    gate_capacitance: float
    slope_factor: float


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule found.

    Attributes:
        rule: its name.
        severity: ``ok``, ``warning`` or ``error``.
        message: with the numbers.
        value: the figure of the design.
        limit: where the rule would begin to complain.
    """

    rule: str
    severity: Severity
    message: str
    value: float
    limit: float


def check_design(design: Design, limits: Limits) -> tuple[Finding, ...]:
    """Run every rule.

    Returns:
        One finding a rule and stage, in the order of the signal.
    """
    findings = [_quantisation(design)]
    for stage in design.stages:
        if stage.kind != "output":
            findings.append(_largest_current(design, stage, limits))
        if stage.cell is not None:
            findings += _switching(design, stage)
            findings.append(_leakage(design, stage, limits))
            findings.append(_tails(design, stage, limits))
        if isinstance(stage.cell, CmruCell):
            findings.append(_strobes(design, stage))
    return tuple(findings)


def _graded(rule: str, text: str, value: float, warning: float, error: float = np.inf) -> Finding:
    severity: Severity = "error" if value > error else "warning" if value > warning else "ok"
    return Finding(rule, severity, text, value, error if value > error else warning)


def _strobes(design: Design, stage: Stage) -> Finding:
    """Steps that a ladder lags behind software: all ladders of a chip decide at the same strobe.

    A ladder that is fed by another one decides while that one still shows its level of the step
    before.
    """
    value = 0
    for other in design.cells:
        if other.name == stage.name:
            break
        value += other.kind == "cmru"
    text = (
        f"{stage.name}: decides {value} steps after its software, because all ladders share a "
        f"strobe and {value} lie before it"
    )
    return _graded("strobe", text, value, 0)


def _quantisation(design: Design) -> Finding:
    """Rms difference between a weight and its mirrors, relative to the rms weight."""
    error = total = 0.0
    for stage in design.stages:
        for connection in stage.connections:
            source = design.stage(connection.source)
            scale = np.asarray(stage.row_scale)[:, None] / _line_scale(design, source)[None, :]
            wanted = np.asarray(connection.learned) * scale
            error += float(
                ((np.asarray(connection.units) / source.diode_units - wanted) ** 2).sum()
            )
            total += float((wanted**2).sum())
    value = (error / total) ** 0.5 if total else 0.0
    text = (
        f"weights differ from the learned ones by {value:.1%} rms at {design.provenance.bits} bits"
        f" (mirrors of up to {largest_units(design.provenance.bits)} unit transistors)"
    )
    return _graded("quantisation", text, value, warning=0.15)


def _line_scale(design: Design, stage: Stage) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Unit currents on the lines of a stage that stand for a software 1.0."""
    if stage.cell is None:
        return np.asarray(stage.row_scale)
    level = stage.cell.level_units / design.reference_units
    return level / np.asarray(stage.cell.level_learned)


def _spreads(design: Design) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Rms current of each unit, unit currents, for independent inputs of one standard deviation."""
    driven: dict[str, np.ndarray[tuple[int], np.dtype[np.float64]]] = {}
    sums = {}
    for stage in design.stages:
        if stage.kind == "input":
            square = np.ones(stage.size)
        else:
            square = (np.asarray(stage.bias_units) / design.reference_units) ** 2
            for connection in stage.connections:
                gain = np.asarray(connection.units) / design.stage(connection.source).diode_units
                square = square + gain**2 @ driven[connection.source] ** 2
        sums[stage.name] = driven[stage.name] = np.sqrt(square)
        if stage.cell is not None:
            levels = stage.cell.half_range if isinstance(stage.cell, CmruCell) else 1
            level = stage.cell.level_units / design.reference_units
            driven[stage.name] = np.full(stage.size, level * levels)
    return sums


def _largest_current(design: Design, stage: Stage, limits: Limits) -> Finding:
    """A cell takes its candidate in one unit transistor, other units in their diode."""
    units = 1 if stage.cell is not None else stage.diode_units
    spread = float(_spreads(design)[stage.name].max()) * design.operating.unit_current
    value = SIGMAS * spread / units
    text = (
        f"{stage.name}: {SIGMAS} standard deviations are {format_quantity(value, 'A')} in a unit "
        f"transistor, weak inversion ends at {format_quantity(limits.device_current, 'A')}"
    )
    return _graded("current range", text, value, limits.device_current, 10 * limits.device_current)


def _switching(design: Design, stage: Stage) -> Iterator[Finding]:
    """Time of a decision against the time that the step leaves for it."""
    cell = stage.cell
    if cell is None:
        return
    operating = design.operating
    unit = operating.unit_current / design.reference_units
    slowest = min(cell.threshold_units) * unit
    window = decision_window(operating, cell)
    measured = design.measured[cell.kind]
    charge = max(measured[name] for name in DECISION_CHARGES[cell.kind])
    for overdrive, severity in ((1.0, "error"), (0.1, "warning")):
        value = decision_time(charge, slowest, overdrive)
        text = (
            f"{stage.name}: a candidate {overdrive:.0%} beyond the smallest threshold "
            f"({format_quantity(slowest, 'A')}) decides in {format_quantity(value, 's')}, "
            f"the step leaves {format_quantity(window, 's')}"
        )
        limit = window if severity == "error" else np.inf
        yield _graded("switching time", text, value, window, limit)


def _leakage(design: Design, stage: Stage, limits: Limits) -> Finding:
    """Net leakage of the mirrors on a summing node against the threshold of its cell.

    Sources and sinks leak against each other, so what counts is the difference of their numbers.
    At room temperature it must not reach a threshold; at the hottest corner it is a warning, since
    not every chip has to work there.
    """
    if stage.cell is None:
        raise ValueError("only cells have thresholds")
    unit = design.operating.unit_current / design.reference_units
    ratios = []
    for index, threshold in enumerate(stage.cell.threshold_units):
        excess = abs(sum(mirror.units for mirror in row_mirrors(design, stage, index)))
        ratios.append((excess / (threshold * unit), excess))
    ratio, excess = max(ratios)
    hot, nominal = ratio * limits.hot_leakage, ratio * limits.leakage
    text = (
        f"{stage.name}: {excess} unit transistors more on one side of a node than on the other "
        f"leak {nominal:.1%} of its threshold at 27 C, {hot:.0%} at the hottest corner"
    )
    if nominal > 1.0:
        return Finding("leakage", "error", text, nominal, 1.0)
    return _graded("leakage", text, hot, warning=0.1)


def _tails(design: Design, stage: Stage, limits: Limits) -> Finding:
    """What is left at the write of a line that dies: ``C n Ut / t``, against the threshold.

    A line without current discharges its own gates; the tail does not depend on where it began.
    """
    if stage.cell is None:
        raise ValueError("only cells have thresholds")
    hung: dict[Line, int] = {}
    for other in design.stages:
        for index in range(other.size):
            for mirror in row_mirrors(design, other, index):
                hung[mirror.line] = hung.get(mirror.line, 0) + abs(mirror.units)
    voltage = limits.slope_factor * THERMAL_VOLTAGE
    window = design.operating.step * design.operating.write_fraction
    worst = 0.0
    for index, threshold in enumerate(stage.cell.threshold_units):
        beta = threshold * design.operating.unit_current / design.reference_units
        for mirror in row_mirrors(design, stage, index):
            if mirror.line.part not in ("plus", "minus"):
                continue
            diode = design.stage(mirror.line.stage).diode_units
            capacitance = limits.gate_capacitance * (diode + hung[mirror.line])
            tail = capacitance * voltage / window * abs(mirror.units) / diode
            worst = max(worst, tail / beta)
    text = f"{stage.name}: a line that dies still carries {worst:.1%} of a threshold at the write"
    return _graded("slow tails", text, worst, warning=0.1)
