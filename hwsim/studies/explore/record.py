"""An exploration for JSON."""

from __future__ import annotations

from collections import Counter

from hwsim import __version__
from hwsim.studies.explore.exploration import Choice, Exploration, Stage
from hwsim.studies.paired_bootstrap import LEVEL
from hwsim.studies.sweep.material import Material
from hwsim.studies.sweep.parameters import PARAMETERS
from hwsim.studies.sweep.verdict import Band
from hwsim.studies.yardstick import measure
from hwsim.studies.yardstick_cores import CORES


def exploration_record(found: Exploration, choice: Choice | None, loss: float) -> dict[str, object]:
    """The whole result but the points that were only screened, which are in the tables.

    Args:
        found: the exploration.
        choice: the chosen point, or None.
        loss: what its 5th percentile of accuracy may lose, a fraction.
    """
    refused = [each.refusal for each in found.candidates if each.refusal is not None]
    return {
        "hwsim": __version__,
        "points": len(found.candidates),
        "refused": dict(Counter(reason.partition(":")[0] for reason in refused)),
        "varied": list(found.varied),
        "left_out": dict(found.left_out),
        "overdrive": found.overdrive,
        "loss": loss,
        "screening": _stage(found.screening),
        "finals": _stage(found.finals),
        "reference": point_record(found, 0),
        "front_median": [point_record(found, index) for index in found.front("median")],
        "front_p5": [point_record(found, index) for index in found.front("low")],
        "chosen": None if choice is None else _chosen(found, choice),
    }


def point_record(found: Exploration, index: int) -> dict[str, object]:
    """A point of the finals: where it is and what its chips do."""
    candidate, figures = found.candidates[index], found.finals.figures[index]
    where = {
        PARAMETERS[name].field: getattr(candidate.point, PARAMETERS[name].field)
        for name in found.choices
    }
    return {
        "point": index,
        **where,
        "accuracy": _band(figures.accuracy),
        "state_agreement": _band(figures.state_agreement),
        "power_watts": _band(figures.power),
        "energy_joules": _band(figures.energy),
        "decision_seconds": candidate.switching.time,
        "window_seconds": candidate.switching.window,
    }


def yardsticks(found: Exploration, choice: Choice | None, material: Material) -> dict[str, object]:
    """Digital energies beside that of the median chip of the export and of the chosen point.

    Args:
        found: the exploration.
        choice: the chosen point, or None.
        material: the networks of its points, and the samples of the finals.
    """
    steps = float(material.sequences.lengths.mean())
    places = {"reference": 0} | ({} if choice is None else {"chosen": choice.index})

    def beside(index: int) -> dict[str, object]:
        design = material.design(found.candidates[index].point)
        energy = found.finals.figures[index].energy.median
        return measure(design, steps, energy, CORES).record()

    return {name: beside(index) for name, index in places.items()}


def _stage(stage: Stage) -> dict[str, object]:
    sweep = stage.sweep
    return {
        "points": len(sweep.points),
        "chips": sweep.chips,
        "samples": sweep.samples,
        "seed": sweep.seed,
        "ideal_accuracy": stage.ideal_accuracy,
    }


def _chosen(found: Exploration, choice: Choice) -> dict[str, object]:
    change = choice.change
    return {
        **point_record(found, choice.index),
        "energy_ratio": choice.energy_ratio,
        "change_of_p5": {
            "value": change.value,
            "interval": [change.low, change.high],
            "level": 1 - LEVEL,
            "test": "paired bootstrap over chips",
        },
    }


def _band(band: Band) -> dict[str, float]:
    return {"median": band.median, "p5": band.low, "p95": band.high}
