"""The pictures of a report, each with what it says in words."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from hwsim.report.agreement_figure import agreement_figure, confusion
from hwsim.report.chips_figure import chip_histogram, mismatch_figure
from hwsim.report.figure_style import on_one_line
from hwsim.report.numbers import chosen, quantity, share
from hwsim.report.page.model import Picture
from hwsim.report.power_figure import energy_figure, group_figure, power_over_time
from hwsim.report.recording_figure import (
    busiest_cell,
    leading_outputs,
    liveliest_recording,
    recording_figure,
)
from hwsim.studies.power import Power
from hwsim.studies.reporting.chip_survey import ChipSurvey
from hwsim.studies.reporting.dossier import Dossier
from hwsim.studies.sweep.verdict import Band


def shown_recording(dossier: Dossier) -> int:
    """Index in the data of the recording that is drawn: of those that every engine has run."""
    engines = dossier.engines
    run = engines.runs.get("behavioural") or engines.runs["ideal"]
    return engines.common[liveliest_recording(dossier.export.design, run.at(engines.common))]


def recording_picture(dossier: Dossier) -> Picture:
    """One recording through the network, one in which cells change often."""
    design, engines = dossier.export.design, dossier.engines
    index = shown_recording(dossier)
    traces = engines.traces(index)
    reference = traces.get("behavioural") or next(iter(traces.values()))
    cell = busiest_cell(design, reference, 0)
    trip = engines.trips[cell.stage.name]
    unit_current = design.operating.unit_current
    limits = [quantity(side[cell.unit] * unit_current, "A") for side in (trip.upper, trip.lower)]
    names = [on_one_line(name) for name in design.readout.classes]
    first, second = leading_outputs(design, reference, 0)
    decided = ", ".join(
        f"{engine} decides {names[int(trace.decisions(design.readout)[0])]}"
        for engine, trace in traces.items()
    )
    labels = dossier.sequences.labels
    labelled = "" if labels is None else f", labelled {names[int(labels[index])]},"
    steps = int(reference.lengths[0])
    return Picture(
        name="recording",
        title=f"Recording {index} through the network",
        description=(
            f"Recording {index}{labelled} over {steps} steps of {chosen(reference.step, 's')}. "
            f"From top to bottom: the input currents of {design.stages[0].size} channels; the "
            f"candidate of cell {cell.unit} of {cell.stage.name}, whose thresholds are {limits[0]} "
            f"and {limits[1]}; its state, which changes {cell.changes} times; the output currents "
            f"of the classes {names[first]} and {names[second]}. {_overlaid(list(traces))} "
            f"Decisions: {decided}."
        ),
        caption=(
            f"Recording {index} of the data, the busiest cell and the two leading classes. Dotted: "
            "ideal; dashed: behavioural; solid: ngspice, on its own time."
        ),
        draw=lambda canvas: recording_figure(design, traces, engines.trips, 0, canvas),
    )


def _overlaid(engines: list[str]) -> str:
    if len(engines) == 1:
        return f"Only the {engines[0]} engine has run."
    return f"The lines of {', '.join(engines[:-1])} and {engines[-1]} lie over each other."


def agreement_picture(dossier: Dossier) -> Picture:
    """Which engines agree, and which classes the chip confuses."""
    design, engines = dossier.export.design, dossier.engines
    pairs = "; ".join(
        f"{tested} and {reference}: {value.equal_decisions.hits} of "
        f"{value.equal_decisions.total} decisions and {share(value.states, 2)} of states"
        for (tested, reference), value in engines.agreement.items()
    )
    return Picture(
        name="agreement",
        title="Agreement of the engines and confusions of the chip",
        description=(
            f"Left, what two engines have in common. {pairs or 'Only one engine has run'}. "
            f"Right, labels against decided classes. {_confusions(dossier)}"
        ),
        caption=(
            "Left: equal decisions above the diagonal (blue), equal states below it (orange), the "
            "accuracy on it (green). Right: recordings by their label (rows) and the class that "
            "the chip decides (columns)."
        ),
        draw=lambda canvas: agreement_figure(design, engines, dossier.sequences, canvas),
    )


def _confusions(dossier: Dossier) -> str:
    """How many are right, and what is confused most often."""
    design, run = dossier.export.design, dossier.engines.chip
    if run is None:
        return "The chip was not run."
    counts = confusion(design, run, dossier.sequences)
    right, total = int(np.trace(counts)), int(counts.sum())
    text = f"The chip ({run.trace.engine}) decides {right} of {total} as labelled"
    wrong = counts - np.diag(np.diag(counts))
    if not wrong.any():
        return f"{text}."
    label, decided = np.unravel_index(int(wrong.argmax()), wrong.shape)
    names = [on_one_line(design.readout.classes[int(each)]) for each in (label, decided)]
    return f"{text}; most often confused: {names[0]} taken for {names[1]}, {wrong.max()} times."


def chip_pictures(survey: ChipSurvey) -> Iterator[Picture]:
    """Accuracy over mismatch, and the chips of one production."""
    yield Picture(
        name="mismatch",
        title="Accuracy of chips over the scale of their mismatch",
        description=(
            f"Accuracy falls from {share(survey.as_drawn)} without mismatch. "
            + " ".join(
                f"At {point.point.mismatch:g} times the technology's mismatch {chips} chips have "
                f"{_band(point.accuracy)}."
                for point, chips in survey.groups
            )
            + f" The software network has {share(survey.main.ideal_accuracy)}; a good chip "
            f"{share(survey.above)} or more."
        ),
        caption=(
            "Line: median chip; band: 5th to 95th percentile; a dot is a chip. 1 is the "
            "technology's own mismatch; there the chips are most."
        ),
        draw=lambda canvas: mismatch_figure(survey, canvas),
    )
    summary, results = survey.summary, survey.results
    power = results.power[0]
    yield Picture(
        name="histogram",
        title="Chips by accuracy and by power",
        description=(
            f"{results.sweep.chips} chips with the technology's mismatch. Accuracy: "
            f"{_band(summary.accuracy)}, from {share(float(results.accuracy[0].min()))} to "
            f"{share(float(results.accuracy[0].max()))}. Power: median "
            f"{quantity(summary.power.median, 'W')}, from {quantity(float(power.min()), 'W')} to "
            f"{quantity(float(power.max()), 'W')}."
        ),
        caption="How many chips of one production have which accuracy and which supply power.",
        draw=lambda canvas: chip_histogram(survey, canvas),
    )


def _band(band: Band) -> str:
    ends = f"{share(band.low)} to {share(band.high)}"
    return f"a median of {share(band.median)} (5th to 95th percentile {ends})"


def power_pictures(dossier: Dossier) -> Iterator[Picture]:
    """Power over time, and energy by part; none where no engine knows the supply current."""
    engines, operating = dossier.engines, dossier.export.design.operating
    power = engines.best_power
    if power is None:
        return
    index = shown_recording(dossier)
    traces = engines.traces(index)
    shown = traces[power.engine]
    total = sum(
        current[0, : int(shown.lengths[0])] * operating.supply_voltage
        for current in shown.supply_current.values()
    )
    largest = max(power.by_part, key=lambda part: power.by_part[part])
    yield Picture(
        name="power",
        title=f"Supply power over recording {index}",
        description=(
            f"Supply power of recording {index} by {power.engine}, the parts of the chip on top "
            f"of each other: {quantity(float(np.mean(total)), 'W')} on average, from "
            f"{quantity(float(np.min(total)), 'W')} to {quantity(float(np.max(total)), 'W')} over "
            f"the steps. The largest part is {largest} with "
            f"{share(power.by_part[largest] / power.total, 0)}."
        ),
        caption=f"Mean of each step, {power.engine}; parts of the chip on top of each other.",
        draw=lambda canvas: power_over_time(traces, operating.supply_voltage, canvas),
    )
    yield Picture(
        name="energy",
        title="Energy of an inference by part of the chip",
        description=" ".join(
            f"By {name}, {quantity(each.energy_per_inference, 'J')}: "
            + ", ".join(
                f"{part} {quantity(each.energy_per_inference * watts / each.total, 'J')}"
                for part, watts in each.by_part.items()
            )
            + "."
            for name, each in engines.power.items()
        ),
        caption=f"Mean of {len(engines.common)} recordings that every engine has run.",
        draw=lambda canvas: energy_figure(engines.power, canvas),
    )
    estimate = engines.power.get("behavioural")
    if estimate is not None and estimate.by_group:
        yield _group_picture(estimate)


def _group_picture(power: Power) -> Picture:
    groups = ", ".join(
        f"{group} {share(watts / power.total, 0)}" for group, watts in power.by_group.items()
    )
    return Picture(
        name="groups",
        title="Energy of an inference by group of devices",
        description=(
            f"Each part of the chip split into groups of devices, {power.engine}. Of the whole "
            f"chip: {groups}."
        ),
        caption="What draws the energy within each part of the chip, by the behavioural engine.",
        draw=lambda canvas: group_figure(power, canvas),
    )
