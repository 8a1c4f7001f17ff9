"""How figures follow the transistors: finite differences, and what they predict of whole cells."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from hwsim.characterization.point import Deviation
from hwsim.circuits.datasheet import Datasheet, Prediction, Sensitivity
from hwsim.circuits.figures import find_figure

DVTH_STEP = 1e-3
"""Change of a threshold voltage, V: under the mismatch of a unit transistor, far above what the
solver leaves undecided."""

DBETA_STEP = 5e-3
"""Relative change of a current factor."""

LEAST_EFFECT = 1e-5
"""Change of a figure by one of the steps, relative to the figure, that counts as none."""


def groups_of(paths: Sequence[str]) -> list[list[str]]:
    """Transistors by the subcircuit of the cell that they lie in, those of the cell itself out."""
    groups: dict[str, list[str]] = {}
    for path in paths:
        instance = path.rpartition(".")[0]
        if instance:
            groups.setdefault(instance, []).append(path)
    return list(groups.values())


def group_deviation(group: Sequence[str]) -> dict[str, Deviation]:
    """All transistors of a group off at once, each by another amount so that none hides another."""
    return {
        path: Deviation(
            DVTH_STEP * (1 + index / 7) * (-1) ** index,
            DBETA_STEP * (1 + index / 9) * (-1) ** index,
        )
        for index, path in enumerate(group)
    }


def has_effect(kind: str, drawn: Mapping[str, float], deviated: Mapping[str, float]) -> bool:
    """Whether a predicted figure changes; one that appears or vanishes does."""
    for figure, value in drawn.items():
        if not find_figure(kind, figure).is_predicted:
            continue
        change = _change(kind, figure, value, deviated.get(figure))
        scale = 1.0 if find_figure(kind, figure).domain == "log" else abs(value)
        if change is None or _kept(change, scale):
            return True
    return False


def single_deviations(paths: Sequence[str]) -> list[dict[str, Deviation]]:
    """Two cells a transistor: one deviates in its threshold voltage, one in its factor."""
    cells: list[dict[str, Deviation]] = []
    for path in paths:
        cells += [{path: Deviation(dvth=DVTH_STEP)}, {path: Deviation(dbeta=DBETA_STEP)}]
    return cells


def sensitivities(
    kind: str,
    paths: Sequence[str],
    drawn: Mapping[str, float],
    deviated: Sequence[Mapping[str, float]],
) -> dict[str, dict[str, Sensitivity]]:
    """Finite differences of every figure that is predicted.

    Args:
        kind: of template.
        paths: transistors.
        drawn: figures of the cell as drawn.
        deviated: figures of the cells of `single_deviations`, in their order.
    """
    result: dict[str, dict[str, Sensitivity]] = {}
    for figure, value in drawn.items():
        if not (find_figure(kind, figure).is_predicted and math.isfinite(value)):
            continue
        changes = [_change(kind, figure, value, each.get(figure)) for each in deviated]
        if None in changes:
            continue
        scale = 1.0 if find_figure(kind, figure).domain == "log" else abs(value)
        found = {}
        for index, path in enumerate(paths):
            dvth, dbeta = (_kept(changes[2 * index + side], scale) for side in (0, 1))
            if dvth or dbeta:
                found[path] = Sensitivity(dvth=dvth / DVTH_STEP, dbeta=dbeta / DBETA_STEP)
        result[figure] = found
    return result


def _change(kind: str, figure: str, drawn: float, deviated: float | None) -> float | None:
    """Change in the domain of the figure; None when one of the two has no value there."""
    if deviated is None or not math.isfinite(deviated):
        return None
    if find_figure(kind, figure).domain == "linear":
        return deviated - drawn
    return math.log(deviated / drawn) if deviated > 0 and drawn > 0 else None


def _kept(change: float | None, scale: float) -> float:
    return change if change is not None and abs(change) > LEAST_EFFECT * scale else 0.0


def predictions(
    datasheet: Datasheet,
    draws: Sequence[Mapping[str, Deviation]],
    measured: Sequence[Mapping[str, float]],
) -> dict[str, Prediction]:
    """Compare what the sensitivities say of drawn cells with what SPICE measures of them.

    A figure that some of the cells do not have is judged on the others.
    """
    result = {}
    for figure in datasheet.sensitivities:
        pairs = [
            (datasheet.predict(figure, draw), cell[figure])
            for draw, cell in zip(draws, measured, strict=True)
            if math.isfinite(cell.get(figure, math.nan))
        ]
        if len(pairs) < 2:
            continue
        predicted, found = np.array(pairs).T
        spread = float(found.std())
        if spread <= LEAST_EFFECT * abs(float(found.mean())):
            continue
        errors = predicted - found
        result[figure] = Prediction(
            draws=len(pairs),
            r2=float(1 - np.mean(errors**2) / spread**2),
            rms_error=float(np.sqrt(np.mean(errors**2)) / spread),
            spread=spread,
            mean=float(found.mean()),
        )
    return result
