"""The CMRU ladder: its sequence of levels, trip points, level currents and decision time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from measuring.bench import (
    HALF_RANGE,
    LINE_UNITS,
    STEP,
    SUPPLY,
    UNIT,
    WRITE_FRACTION,
    Bench,
    Floats,
    Measurement,
    Points,
    bisect,
    current_source,
)

UPS_AND_DOWNS = (1, 1, 0, 1, 1, 1, 0, -1, -1, 0, -1, -1, -1, -1, -1, 0, 0, 1, 1, -1, 0)
"""Asked steps of a ladder of 7 levels: both ends are reached, and pushed against."""

WRITE_END = 25e-6
"""From the begin of a write to the end of its strobe (clock_two_phase), s."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A CMRU ladder between an ideal candidate and two metered level lines.

    Attributes:
        bench: where it runs.
        threshold: unit transistors.
        level: unit transistors.
    """

    bench: Bench
    threshold: int = 22
    level: int = 4

    @property
    def asked(self) -> float:
        """The threshold current, A."""
        return self.threshold * UNIT

    def run(self, points: Points, steps: int, step: float = STEP) -> tuple[list[int], Floats]:
        """Levels at the end of each step, and currents [step, (plus, minus)] there, A."""
        clock = {"supply": SUPPLY, "step": step, "write_at": WRITE_FRACTION * step}
        mirrors = self.bench.mirrors
        roles = {"sum": "candidate", "plus_p_draw": "plus", "minus_p_draw": "minus"}
        lines = [
            self.bench.place("clock", "clock", {}, clock),
            mirrors.output("level_source", "p", "unit_p", "level_n", self.level),
            mirrors.diode("level_diode", "n", "level_n", 1),
            mirrors.diode("plus_diode", "p", "plus_line", LINE_UNITS),
            mirrors.diode("minus_diode", "p", "minus_line", LINE_UNITS),
            "Vplus plus_line plus 0",
            "Vminus minus_line minus 0",
            current_source("candidate", points),
            self.bench.place(
                "cell", "cmru", {**roles, "level_n": "level_n"}, {"threshold": self.threshold}
            ),
        ]
        result = self.bench.transient(lines, steps * step, step / 20)
        ends = (np.arange(steps) + 0.985) * step
        time = result.vector("time")
        latches = [
            np.interp(ends, time, result.vector(f"v(xcell.q{k + 1})")) > SUPPLY / 2
            for k in range(2 * HALF_RANGE)
        ]
        currents = [np.interp(ends, time, result.vector(f"i({v})")) for v in ("vplus", "vminus")]
        levels = np.sum(latches, axis=0) - HALF_RANGE
        return [int(level) for level in levels], np.stack(currents, axis=1)

    def sequence(self, steps: Sequence[int]) -> tuple[list[int], Floats]:
        """Run with candidates of 0 and plus or minus 1.5 thresholds."""
        points = [(0.0, 0.0)]
        for index, asked in enumerate(steps):
            start, candidate = index * STEP, 1.5 * asked * self.asked
            points += [(start, points[-1][1]), (start + 2e-5, candidate)]
        return self.run(points, len(steps))

    def trip(self, sign: int, step: float) -> float:
        """Smallest candidate that moves the level in the step it comes in, over the threshold."""

        def moves(ratio: float) -> bool:
            points = [(0, 0), (step, 0), (step + 2e-5, sign * ratio * self.asked)]
            return self.run(points, 2, step)[0] == [0, sign]

        return bisect(moves, 0.8, 1.25, 5e-4)

    def decision_charge(self, sign: int, overdrive: float) -> float:
        """Excess of a candidate over the threshold times the time that it must come before, C.

        The candidate rises out of zero; the time counts to the end of the write.
        """
        step = 4 * STEP
        write = WRITE_FRACTION * step + WRITE_END
        candidate = sign * (1 + overdrive) * self.asked

        def moves(ahead: float) -> bool:
            start = write - ahead
            points = [(0, 0), (start, 0), (start + 1e-6, candidate)]
            return self.run(points, 1, step)[0] == [sign]

        return bisect(moves, 2e-6, write / 2, 1e-2) * overdrive * self.asked


def ladder_measurements(bench: Bench) -> Iterator[Measurement]:
    """The sequence, the level currents, the trip points and the speed of the CMRU ladder."""
    ladder = Ladder(bench)
    levels, currents = ladder.sequence(UPS_AND_DOWNS)
    yield Measurement("cmru_ladder: right levels in the sequence", _agreement(levels))
    yield from _level_currents(ladder, levels, currents)
    for direction, sign in (("up", 1), ("down", -1)):
        for threshold, step in ((11, STEP), (22, STEP), (32, STEP), (22, 10 * STEP)):
            name = f"cmru_ladder: trip {direction}, {threshold} units, {step * 1e3:g} ms"
            yield Measurement(name, Ladder(bench, threshold).trip(sign, step))
        for overdrive in (1.0, 0.1):
            name = f"cmru_ladder: decision charge {direction}, {overdrive:.0%} overdrive"
            yield Measurement(name, ladder.decision_charge(sign, overdrive), "C")


def _level_currents(
    ladder: Ladder, levels: Sequence[int], currents: Floats
) -> Iterator[Measurement]:
    """Current of each level per level, over the asked one; what flows at level 0."""
    for level in range(-HALF_RANGE, HALF_RANGE + 1):
        line = currents[np.array(levels) == level].mean(axis=0)
        if level == 0:
            yield Measurement("cmru_ladder: current at level 0", float(np.abs(line).max()), "A")
            continue
        ratio = line[0 if level > 0 else 1] / (abs(level) * ladder.level * UNIT)
        yield Measurement(f"cmru_ladder: level current, level {level:+d}", float(ratio))


def _agreement(levels: Sequence[int]) -> float:
    """Part of the levels that the saturating sum of the asked steps would have."""
    expected, level = [], 0
    for asked in UPS_AND_DOWNS:
        level = max(-HALF_RANGE, min(HALF_RANGE, level + asked))
        expected.append(level)
    return float(np.mean(np.array(levels) == np.array(expected)))
