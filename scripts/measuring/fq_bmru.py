"""The FQ-BMRU cell: its thresholds, output and switching time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import click
import numpy as np

from measuring.bench import (
    LINE_UNITS,
    STEP,
    SUPPLY,
    UNIT,
    Bench,
    Floats,
    Measurement,
    Points,
    bisect,
    current_source,
)


@dataclass(frozen=True, slots=True)
class Comparator:
    """An FQ-BMRU cell behind the rectifier and the turned line that a network gives it.

    Attributes:
        bench: where it runs.
        threshold: unit transistors.
        width: unit transistors.
        level: unit transistors.
    """

    bench: Bench
    threshold: int = 64
    width: int = 32
    level: int = 16

    @property
    def high(self) -> float:
        """The rising threshold current, A."""
        return self.threshold * UNIT

    @property
    def low(self) -> float:
        """The falling threshold current, A."""
        return (self.threshold - self.width) * UNIT

    def run(self, points: Points, stop: float) -> tuple[Floats, Floats, Floats, Floats]:
        """Time, candidate, state voltage and output current, [point]."""
        mirrors = self.bench.mirrors
        sizes = {"threshold": self.threshold, "width": self.width, "level": self.level}
        roles = {"candidate_p": "candidate", "plus_p": "output"}
        lines = [
            current_source("sum", points),
            self.bench.place("relu", "relu", {"plus_n": "sum"}, {"units": 1}),
            *mirrors.turn("candidate", "n", "sum", "candidate", 1),
            self.bench.place("cell", "fq_bmru", roles, {**sizes, "units": LINE_UNITS}),
            mirrors.output("copy", "p", "output", "copied", LINE_UNITS),
            f"Vcopy copied 0 {SUPPLY / 2}",
            ".ic v(xcell.state)=0",
        ]
        result = self.bench.transient(lines, stop, stop / 2000)
        time = result.vector("time")
        moments, currents = np.array(points).T
        candidate = np.interp(time, moments, currents)
        return time, candidate, result.vector("v(xcell.state)"), result.vector("i(vcopy)")

    def thresholds(self) -> tuple[float, float, float, float]:
        """Trip points of a triangle of 20 s, and the output off and on, A."""
        peak, half = 1.3 * self.high, 10.0
        points = [(0.0, 0.0), (half, peak), (2 * half, 0.0)]
        time, candidate, state, output = self.run(points, 2 * half)
        on = state > SUPPLY / 2
        up = int(np.argmax(on))
        down = int(len(on) - np.argmax(on[::-1]))
        lit = output[(time > time[up] * 1.05) & (time < half)]
        dark = output[(time > half * 0.1) & (time < time[up] * 0.95)]
        return candidate[up], candidate[down], float(dark.mean()), float(lit.mean())

    def in_one_step(self, *, rising: bool) -> float:
        """Candidate that switches within one step, over the asked threshold."""
        asked = self.high if rising else self.low
        rest = (self.high + self.low) / 2
        before = [(0, 0), (1e-3, 0)] if rising else [(0, 0), (1e-3, 1.5 * self.high)]
        begin = 2 * STEP

        def switches(ratio: float) -> bool:
            points = [*before, (begin / 2, before[-1][1]), (begin / 2 + 2e-5, rest)]
            points += [(begin, rest), (begin + 2e-5, ratio * asked), (begin + STEP, ratio * asked)]
            _, _, state, _ = self.run(points, begin + 0.985 * STEP)
            return bool(state[-1] > SUPPLY / 2) == rising

        if rising:
            return bisect(switches, 0.8, 1.25, 5e-4)
        return 1 / bisect(lambda inverse: switches(1 / inverse), 0.7, 1.4, 5e-4)

    def charge(self, overdrive: float, *, rising: bool) -> float:
        """Switching time after a step of the candidate, times its distance to the threshold, C."""
        start, stop = 5e-3, 5e-2
        if rising:
            first, last = 0.0, (1 + overdrive) * self.high
        else:
            first, last = 1.5 * self.high, (1 - overdrive) * self.low
        points = [(0, first), (start, first), (start + 1e-6, last), (stop, last)]
        time, _, state, _ = self.run(points, stop)
        switched = ((state > SUPPLY / 2) == rising) & (time > start)
        if not switched.any():
            raise click.ClickException(f"no switching within {stop - start:g} s")
        excess = overdrive * (self.high if rising else self.low)
        return float((time[np.argmax(switched)] - start) * excess)


def comparator_measurements(bench: Bench) -> Iterator[Measurement]:
    """Thresholds, output and speed of the FQ-BMRU cell."""
    for threshold, width in ((64, 32), (37, 26), (80, 56), (176, 15)):
        cell = Comparator(bench, threshold, width)
        name = f"fq_bmru_9t, threshold {threshold}, width {width}:"
        up, down, off, on = cell.thresholds()
        yield Measurement(f"{name} rising, slow ramp", up / cell.high)
        yield Measurement(f"{name} falling, slow ramp", down / cell.low)
        yield Measurement(f"{name} rising, step of 5 ms", cell.in_one_step(rising=True))
        yield Measurement(f"{name} falling, step of 5 ms", cell.in_one_step(rising=False))
        yield Measurement(f"{name} output on", on / (cell.level * UNIT))
        yield Measurement(f"{name} output off", off, "A")
    for direction, rising in (("rise", True), ("fall", False)):
        for overdrive in (1.0, 0.1):
            charge = Comparator(bench).charge(overdrive, rising=rising)
            name = f"fq_bmru_9t: {direction} charge, {overdrive:.0%} overdrive"
            yield Measurement(name, charge, "C")
