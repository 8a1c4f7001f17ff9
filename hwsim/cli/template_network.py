"""The second half of ``hwsim template compare``: a whole network with each of two templates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from click.core import ParameterSource

from hwsim.cli.compare_options import PICTURE, SUMMARY
from hwsim.cli.output import command_line, emit, json_value
from hwsim.cli.template_options import measured, require_folder

if TYPE_CHECKING:
    from pathlib import Path

    import click
    from rich.console import Console

    from hwsim.circuits.datasheet import Datasheet
    from hwsim.circuits.export import Export
    from hwsim.circuits.technology import Technology
    from hwsim.circuits.template import Template
    from hwsim.cli.compare_options import Trial
    from hwsim.data.sequences import Sequences
    from hwsim.studies.network_verdict import NetworkVerdict
    from hwsim.studies.template_swap import Swap


def compare_in_network(
    context: click.Context,
    templates: tuple[Template, Template],
    trial: Trial,
    timeout: float,
    pdk_root: Path | None,
    *,
    as_json: bool,
) -> None:
    """Datasheets, then chips; nothing is measured before everything else has been looked at."""
    from hwsim.circuits.export import load_export
    from hwsim.report.template_tables import comparison_table
    from hwsim.studies.template_comparison import compare_datasheets
    from hwsim.studies.template_swap import failures, require_swappable, swap

    export = load_export(trial.network, pdk_root)
    _require_technology(context, export)
    for template in templates:
        require_swappable(export, template)
    sequences = _samples(export, trial)
    if trial.out is not None:
        require_folder(trial.out)
    node = export.circuits.technology
    sheets = [_sheet_for(export, each, timeout, as_json=as_json) for each in templates]
    comparison = compare_datasheets(sheets[0], sheets[1], node.mismatch)
    both = [swap(export, *each) for each in zip(templates, sheets, strict=True)]
    failed = [(each.template.name, reason) for each in both for reason in failures(each)]
    record: dict[str, object] = {
        **comparison.record(),
        "network": export.design.name,
        "pass": not failed,
        "failed": [{"template": name, "reason": reason} for name, reason in failed],
    }
    verdict = None
    if not failed:
        verdict = _judge((both[0], both[1]), sequences, trial, as_json=as_json)
        record |= verdict.record()
        record["command"] = command_line(context)
        if trial.out is not None:
            record["files"] = [trial.out / PICTURE, trial.out / SUMMARY]
            _write(trial.out, verdict, record)

    def show(console: Console) -> None:
        console.print(comparison_table(comparison))
        for name, reason in failed:
            console.print(f"failed: {name}: {reason}")
        if verdict is not None:
            _show_verdict(console, verdict, trial.out)

    emit(record, as_json=as_json, show=show)
    context.exit(1 if failed else 0)


def _require_technology(context: click.Context, export: Export) -> None:
    """The technology is that of the network; another one cannot be asked for."""
    from hwsim.foundation.errors import InputError

    asked, own = context.params["technology"], export.design.technology
    given = context.get_parameter_source("technology") is ParameterSource.COMMANDLINE
    if given and asked != own:
        raise InputError(
            f"the network is on {own}, not on {asked}",
            where=str(export.folder),
            hint="leave --technology out, or export the network on the other one",
        )


def _samples(export: Export, trial: Trial) -> Sequences:
    from hwsim.studies.samples import evenly_spaced, judging_sequences

    everything = judging_sequences(export.design, trial.data)
    return everything.take(list(evenly_spaced(everything, trial.samples or len(everything))))


def _sheet_for(export: Export, template: Template, timeout: float, *, as_json: bool) -> Datasheet:
    """What the network needs of a datasheet: all of it away from nominal conditions."""
    from hwsim.characterization.characterize import characterize, characterize_for_network
    from hwsim.studies.template_swap import is_nominal

    measure = characterize_for_network if is_nominal(export.design) else characterize
    node: Technology = export.circuits.technology
    with measured(f"{template.name} on {node.name}", as_json=as_json) as on_progress:
        return measure(template, node, timeout_seconds=timeout, on_progress=on_progress)


def _judge(
    both: tuple[Swap, Swap], sequences: Sequences, trial: Trial, *, as_json: bool
) -> NetworkVerdict:
    from hwsim.chips.population import Population
    from hwsim.cli.simulation import fraction_bar
    from hwsim.studies.network_verdict import judge

    with fraction_bar("chips", as_json=as_json) as on_progress:
        return judge(*both, sequences, Population(trial.seed, trial.chips), on_progress=on_progress)


def _write(out: Path, verdict: NetworkVerdict, record: dict[str, object]) -> None:
    import json

    from hwsim.foundation.files import write_bytes, write_text
    from hwsim.report.verdict_figure import verdict_picture

    write_bytes(out / PICTURE, verdict_picture(verdict))
    write_text(out / SUMMARY, json.dumps(json_value(record), indent=2) + "\n")


def _show_verdict(console: Console, verdict: NetworkVerdict, out: Path | None) -> None:
    from hwsim.report.verdict_tables import verdict_table
    from hwsim.studies.paired_bootstrap import LEVEL

    console.print(verdict_table(verdict))
    console.print(
        f"beyond noise: the {1 - LEVEL:.0%} interval of a paired bootstrap over the chips leaves "
        "out no change; areas and counts are exact"
    )
    if out is None:
        console.print("--out FOLDER writes the picture")
    else:
        console.print(f"picture: {out / PICTURE}; summary: {out / SUMMARY}")
