"""An evaluator that needs no engine: made-up figures that follow from the job, slowly if asked.

Run as a program it is a sweep that can be killed: ``python sweep_toy.py FOLDER SECONDS WORKERS``.
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.job import ChipRows, Job, Sweep
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.run import run_sweep

NOMINAL = Point(1.0, 1.0, 0.0, 27.0, 1.2, "tt", 5, 1e-9, 5e-3, 3, "cmru_ladder")
SAMPLES = 20


@dataclass(frozen=True, slots=True)
class Toy:
    """Figures of a chip from its number, its seed and its point alone."""

    seconds: float = 0.0
    design: str = "a"
    fails: bool = False
    block: int = 3

    @property
    def subject(self):
        return {"engine": "behavioural", "design": self.design}

    def check(self, points):
        pass

    def __call__(self, job: Job) -> ChipRows:
        time.sleep(self.seconds)
        if self.fails:
            raise InputError("cannot be run", where="toy", hint="ask it not to fail")
        chips = range(job.first, job.first + job.count)
        draws = [np.random.default_rng((job.seed, chip)).random(3) for chip in chips]
        worse = 1 + job.point.mismatch + 0.01 * job.point.temperature
        return ChipRows(
            accuracy=tuple(round(SAMPLES * draw[0] ** worse) / SAMPLES for draw in draws),
            state_agreement=tuple(float(draw[1]) for draw in draws),
            power=tuple(2e-7 * worse * (1 + 0.1 * float(draw[2])) for draw in draws),
        )


def toy_sweep(mismatch=(0.0, 0.3, 1.0, 2.0), chips=7, seed=1, **other) -> Sweep:
    points = tuple(NOMINAL.changed({"mismatch": value, **other}) for value in mismatch)
    return Sweep(points, ("mismatch",), chips, seed, SAMPLES)


if __name__ == "__main__":
    folder, seconds, workers = Path(sys.argv[1]), float(sys.argv[2]), int(sys.argv[3])
    with ThreadPoolExecutor(workers) as executor:
        run_sweep(toy_sweep(), Toy(seconds), folder, executor, waiting=2 * workers)
