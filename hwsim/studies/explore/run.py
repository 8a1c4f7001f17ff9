"""Runs an exploration: all points on few chips, then the best of them on all.

Both are sweeps in folders of their own, so that whatever ends a run, the same command continues.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwsim.circuits.export import Export
from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import replaced_folder, require_own_folder, write_bytes
from hwsim.studies.explore.candidates import Candidate, candidates
from hwsim.studies.explore.exploration import Exploration, Figures, Stage, stage_of
from hwsim.studies.explore.front import front_ranks
from hwsim.studies.explore.space import Space, space_around
from hwsim.studies.explore.switching import OVERDRIVE
from hwsim.studies.samples import evenly_spaced, judging_sequences
from hwsim.studies.sweep.behavioural import BehaviouralEvaluator
from hwsim.studies.sweep.build import own_build
from hwsim.studies.sweep.executors import Workforce
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.material import Material
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.recompile import circuits_by_build
from hwsim.studies.sweep.run import Progress, run_sweep
from hwsim.studies.sweep.variation import Variation

MARKER = "exploration.json"
"""The file by which the folder of an exploration is known."""

SCREENING, FINALS = "screening", "finals"
"""Folders of its two sweeps."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a user wants to know.

    Attributes:
        asked: values of some choices; the others have those around the export.
        chips: of a point of the finals.
        samples: that each of them decides; None for all.
        screening_chips: of a point of the screening.
        screening_samples: that each of them decides, at most.
        finals: points that are run on all chips, the export not counted.
        overdrive: excess over its threshold at which a candidate has to be decided in time.
        seed: of the production that the chips belong to.
        data: a task or a ``.npz``; None for the task the network was trained on.
        checkpoint: that the export was made of; None looks among those that ship.

    Raises:
        InputError: an overdrive that is none.
    """

    asked: Sequence[Variation] = ()
    chips: int = 200
    samples: int | None = None
    screening_chips: int = 10
    screening_samples: int = 100
    finals: int = 24
    overdrive: float = OVERDRIVE
    seed: int = 1
    data: str | None = None
    checkpoint: Path | None = None

    def __post_init__(self) -> None:
        if not 0 < self.overdrive <= 1:
            raise InputError(
                f"an overdrive of {self.overdrive:g}", hint="it is above 0 and at most 1"
            )


Bar = Callable[[str], AbstractContextManager[Progress]]
"""Takes what is going on, and gives what is told the finished chips and those to run."""


def _unwatched(_stage: str) -> AbstractContextManager[Progress]:
    """Progress that nobody looks at."""
    return nullcontext(lambda _done, _total: None)


class Explorer:
    """An exploration of which everything was checked, and nothing was run yet.

    Args:
        export: the network.
        request: what to find out about it.

    Attributes:
        space: what is looked at.
        material: the networks of all points, and the samples of the finals.
        candidates: every point, the export first.

    Raises:
        InputError: data, values or a checkpoint that cannot be used.
    """

    def __init__(self, export: Export, request: Request) -> None:
        self.export = export
        self._request = request
        self.space: Space = space_around(export, request.asked, request.checkpoint)
        points = self.space.points(export)
        for point in points:
            point.check(export.circuits.technology)
        self._sequences = judging_sequences(export.design, request.data)
        self._own = own_build(export.design)
        networks = circuits_by_build(export, {point.build for point in points}, request.checkpoint)
        self.material = Material.gather(networks, self._own, self._chosen(request.samples))
        self._evaluator = BehaviouralEvaluator.of(self.material)
        self._evaluator.check(points)
        self.candidates: tuple[Candidate, ...] = candidates(
            points, self.material, self._evaluator.datasheets, request.overdrive
        )

    @property
    def subject(self) -> dict[str, str]:
        """Hashes of what the results follow from."""
        return dict(self._evaluator.subject)

    def run(self, folder: Path, workforce: Workforce, bar: Bar = _unwatched) -> Exploration:
        """Run what is missing of both stages.

        Args:
            folder: of the exploration; what has finished in it is not run again.
            workforce: who runs the chips.
            bar: shows the progress of a stage.

        Raises:
            InputError: another folder, or a full disk.
        """
        _claim(folder)
        request = self._request
        able = tuple(each for each in self.candidates if each.refusal is None or not each.index)
        few = self._chosen(min(request.screening_samples, len(self.material.sequences)))
        screened = Material.gather(self.material.networks, self._own, few)
        screening = self._stage(
            able, screened, request.screening_chips, folder / SCREENING, workforce, bar
        )
        best = _best(able, screening, request.finals)
        finals = self._stage(best, self.material, request.chips, folder / FINALS, workforce, bar)
        return Exploration(
            candidates=self.candidates,
            choices=tuple(each.parameter.name for each in self.space.axes),
            left_out=self.space.left_out,
            overdrive=request.overdrive,
            screening=screening,
            finals=finals,
        )

    def _chosen(self, samples: int | None) -> Sequences:
        count = len(self._sequences) if samples is None else samples
        return self._sequences.take(list(evenly_spaced(self._sequences, count)))

    def _stage(
        self,
        chosen: Sequence[Candidate],
        material: Material,
        chips: int,
        path: Path,
        workforce: Workforce,
        bar: Bar,
    ) -> Stage:
        points: tuple[Point, ...] = tuple(each.point for each in chosen)
        sweep = Sweep(
            points=points,
            varied=tuple(each.parameter.name for each in self.space.axes),
            chips=chips,
            seed=self._request.seed,
            samples=len(material.sequences),
        )
        with bar(path.name) as on_progress:
            results = run_sweep(
                sweep,
                BehaviouralEvaluator(material, self._evaluator.datasheets),
                path,
                workforce.executor,
                waiting=workforce.waiting,
                on_progress=on_progress,
            )
        steps = float(material.sequences.lengths.mean())
        indices = tuple(each.index for each in chosen)
        return stage_of(results, indices, steps, material.ideal_accuracy)


def _claim(folder: Path) -> None:
    """Make the folder, or make sure that it is one of ours.

    Raises:
        InputError: somebody else's folder, or it cannot be written.
    """
    require_own_folder(folder, MARKER)
    if not (folder / MARKER).is_file():
        with replaced_folder(folder, MARKER) as fresh:
            write_bytes(fresh / MARKER, json.dumps({"format": "hwsim-exploration"}).encode())


def _best(able: Sequence[Candidate], screening: Stage, count: int) -> tuple[Candidate, ...]:
    """The export, and the points of the foremost fronts of energy against either accuracy."""
    others = [each for each in able if each.index and each.refusal is None]
    figures: list[Figures] = [screening.figures[each.index] for each in others]
    energy = np.array([each.energy.median for each in figures])
    median = front_ranks(energy, [each.accuracy.median for each in figures])
    low = front_ranks(energy, [each.accuracy.low for each in figures])
    order = np.lexsort((energy, np.minimum(median, low)))[:count]
    chosen = {0, *(others[place].index for place in order)}
    return tuple(each for each in able if each.index in chosen)
