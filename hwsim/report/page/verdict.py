"""The verdict at the top of a report: a headline, a few sentences, a few large figures."""

from __future__ import annotations

from collections.abc import Iterator

from hwsim.report.numbers import DASH, chosen, deviation, interval, quantity, share
from hwsim.report.page.model import EngineAccuracy, Key
from hwsim.studies.power_check import PowerCheck
from hwsim.studies.reporting.chip_survey import MARGIN, ChipSurvey
from hwsim.studies.reporting.dossier import Dossier
from hwsim.studies.reporting.engine_runs import ENGINES, EngineRuns

MEANINGS = {
    "ideal": "the trained network in software",
    "behavioural": "the chip by its datasheets",
    "ngspice": "the chip in transistors",
}
"""What an engine stands for."""

UNKNOWN = DASH
"""Where a large figure would stand."""


def headline(dossier: Dossier) -> str:
    """The verdict in a sentence."""
    engines = dossier.engines
    chip = engines.chip
    if chip is None:
        return "Not judged yet: nothing of the chip has been run."
    ngspice = engines.runs.get("ngspice")
    if ngspice is not None and ngspice.trace.violations:
        count = len(ngspice.trace.violations)
        return f"The circuit is broken: ngspice found {count} states that no ladder can have."
    reference = engines.runs["ideal"].trace.decisions(dossier.export.design.readout)
    labels = dossier.sequences.labels
    here = list(chip.indices)
    wanted = 0 if labels is None else int((reference[here] == labels[here]).sum())
    loss = (wanted - chip.accuracy.hits) / chip.accuracy.total
    return _kept(loss) + _as_in_ngspice(engines)


def _kept(loss: float) -> str:
    if loss > MARGIN:
        return f"The chip loses {100 * loss:.1f} points of its network's accuracy"
    return "The chip keeps the accuracy of its network"


def _as_in_ngspice(engines: EngineRuns) -> str:
    pair = engines.agreement.get(("ngspice", "behavioural"))
    if "behavioural" not in engines.runs:
        return ", as far as ngspice has run."
    if pair is None:
        return " by its datasheets; no transistor has confirmed it yet."
    decided = pair.equal_decisions
    if decided.hits == decided.total:
        return ", and its transistors decide alike."
    return f"; its transistors decide {decided.total - decided.hits} of {decided.total} otherwise."


def lead(dossier: Dossier) -> str:
    """The verdict in words."""
    return " ".join(_sentences(dossier))


def _sentences(dossier: Dossier) -> Iterator[str]:
    engines = dossier.engines
    ideal, chip = engines.runs["ideal"].accuracy, engines.runs.get("behavioural")
    if chip is None:
        yield (
            f"In software the network decides {ideal.hits} of {ideal.total} recordings as labelled."
        )
    else:
        yield (
            f"Of {ideal.total} recordings the trained network decides {ideal.hits} as labelled, "
            f"the chip without mismatch {chip.accuracy.hits}."
        )
    pair = engines.agreement.get(("ngspice", "behavioural"))
    if pair is not None:
        decided = pair.equal_decisions
        yield (
            f"ngspice has run {decided.total} of them at transistor level: "
            f"{decided.hits} decisions and {share(pair.states, 2)} of the states are those of "
            "the behavioural engine."
        )
    if dossier.survey is not None:
        yield _of_chips(dossier.survey)
    power = engines.best_power
    if power is not None:
        yield (
            f"The chip takes {quantity(power.total, 'W')}, that is "
            f"{quantity(power.energy_per_inference, 'J')} an inference, with "
            f"{dossier.census.chip_transistors} transistors."
        )


def _of_chips(survey: ChipSurvey) -> str:
    good, band = survey.summary.good, survey.summary.accuracy
    counted = "" if good is None else f"{good.hits} of {good.total} "
    return (
        f"With the technology's mismatch, {counted}chips reach {share(survey.above)}; "
        f"the median chip has {share(band.median)}, the 5th percentile {share(band.low)}."
    )


def accuracies(dossier: Dossier) -> tuple[EngineAccuracy, ...]:
    """Accuracy of every engine, also of those that have not run."""
    runs = dossier.engines.runs
    return tuple(
        EngineAccuracy(name, MEANINGS[name], runs[name].accuracy if name in runs else None)
        for name in ENGINES
    )


def keys(dossier: Dossier) -> tuple[Key, ...]:
    """The few large figures beside the accuracies."""
    census = dossier.census
    return (
        _agreement_key(dossier.engines),
        _yield_key(dossier.survey),
        _power_key(dossier.engines, dossier.power_check),
        _energy_key(dossier),
        Key("Transistors", f"{census.chip_transistors}", "parallel units counted once"),
        Key("Gate area", quantity(census.chip_area, "m2"), "of all transistors, without wires"),
    )


def _agreement_key(engines: EngineRuns) -> Key:
    pair = engines.agreement.get(("ngspice", "behavioural"))
    if pair is None or engines.single_steps is None:
        return Key("States as in ngspice", UNKNOWN, "not run in ngspice")
    steps, decided = engines.single_steps.agreement, pair.equal_decisions
    return Key(
        "States as in ngspice",
        share(pair.states),
        f"decisions {decided.hits} of {decided.total}; single steps {share(steps, 2)}",
    )


def _yield_key(survey: ChipSurvey | None) -> Key:
    if survey is None or survey.summary.good is None:
        return Key("Yield", UNKNOWN, "chips were not run")
    good = survey.summary.good
    note = f"{good.total} chips, {share(survey.above)} or more; 95 % interval {interval(good)}"
    return Key("Yield", share(good.value), note)


def _power_key(engines: EngineRuns, check: PowerCheck | None) -> Key:
    power = engines.best_power
    if power is None:
        return Key("Supply power", UNKNOWN, "not known without datasheets or ngspice")
    if check is not None:
        note = f"the model is {share(check.mean / 100)} off ngspice over {len(check.cases)} cases"
        return Key("Supply power", quantity(power.total, "W"), note)
    error = engines.power_error
    if error is None:
        return Key("Supply power", quantity(power.total, "W"), f"by the {power.engine} engine")
    note = f"in ngspice; the estimate is {deviation(error)} off"
    return Key("Supply power", quantity(power.total, "W"), note)


def _energy_key(dossier: Dossier) -> Key:
    power, operating = dossier.engines.best_power, dossier.export.design.operating
    if power is None:
        return Key("Energy", UNKNOWN, "an inference")
    steps = float(dossier.sequences.lengths[list(dossier.engines.common)].mean())
    note = f"an inference of {steps:.1f} steps of {chosen(operating.step, 's')}"
    return Key("Energy", quantity(power.energy_per_inference, "J"), note)
