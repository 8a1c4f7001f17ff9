"""``hwsim template compare``: two datasheets side by side, and what a network makes of them."""

from __future__ import annotations

from pathlib import Path

import click

from hwsim.cli.compare_options import Trial, trial_options
from hwsim.cli.options import pdk_option
from hwsim.cli.output import emit, json_option
from hwsim.cli.template_options import (
    measured,
    measuring_options,
    sound_template,
    technology_option,
    template_path_option,
)


@click.command("compare")
@click.argument("first")
@click.argument("second")
@technology_option
@trial_options
@measuring_options
@pdk_option
@template_path_option
@json_option
@click.pass_context
def compare_command(
    context: click.Context,
    first: str,
    second: str,
    technology: str,
    trial: Trial | None,
    timeout: float,
    pdk_root: Path | None,
    *,
    as_json: bool,
) -> None:
    """Set the datasheets of two templates side by side and mark what differs beyond noise.

    With --network: then the whole network with each of them over the same chips. Exits 1 when one
    of the circuits does not work.
    """
    from hwsim.cli.template_network import compare_in_network

    ours = sound_template(first)
    templates = ours, sound_template(second, ours.kind)
    if trial is not None:
        compare_in_network(context, templates, trial, timeout, pdk_root, as_json=as_json)
        return
    from hwsim.characterization.characterize import characterize
    from hwsim.circuits.technology import load_technology
    from hwsim.report.template_tables import comparison_table
    from hwsim.studies.template_comparison import compare_datasheets

    node = load_technology(technology, pdk_root)
    sheets = []
    for template in templates:
        with measured(f"{template.name} on {technology}", as_json=as_json) as on_progress:
            sheets.append(
                characterize(template, node, timeout_seconds=timeout, on_progress=on_progress)
            )
    comparison = compare_datasheets(sheets[0], sheets[1], node.mismatch)
    emit(
        comparison.record(),
        as_json=as_json,
        show=lambda console: console.print(comparison_table(comparison)),
    )
