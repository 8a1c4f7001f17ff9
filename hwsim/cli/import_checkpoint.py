"""``hwsim import``: a checkpoint from a network that other code has trained."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim.cells.kinds import KINDS
from hwsim.cli.options import FileType
from hwsim.cli.output import command_line, emit, json_option, percent
from hwsim.cli.recipe_options import require_checkpoint_place
from hwsim.foundation.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

    from hwsim.training.imported import Imported


@click.command("import")
@click.argument("state", metavar="STATE_DICT", type=FileType)
@click.option("--mapping", type=FileType, required=True, help="YAML: names to roles.")
@click.option(
    "--reference", type=FileType, required=True, help=".npz: inputs, and what the code gave."
)
@click.option(
    "--tolerance",
    default=1e-4,
    show_default=True,
    help="Largest difference, over the largest output of the reference.",
)
@click.option("--data", help="A task or a .npz to score the network on.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="FILE.safetensors")
@json_option
@click.pass_context
def import_command(
    context: click.Context,
    state: Path,
    mapping: Path,
    reference: Path,
    tolerance: float,
    data: str | None,
    out: Path,
    *,
    as_json: bool,
) -> None:
    """Make a checkpoint of the weights of other code, checked against its outputs.

    STATE_DICT is a file of torch.save(model.state_dict(), FILE), a .safetensors or a .npz. The
    mapping says which of its tensors is what; the reference holds `inputs` [N, T, C] and `outputs`
    [N, classes] or [N, T, classes], and `lengths` [N] where sequences end earlier.
    """
    require_checkpoint_place(out)
    if not 0 < tolerance < 1:
        raise InputError(f"a tolerance of {tolerance:g}", hint="between 0 and 1")

    from hwsim.checkpoints.checkpoint import save_checkpoint
    from hwsim.data.tasks import load_task
    from hwsim.training.imported import import_checkpoint

    imported = import_checkpoint(
        state,
        mapping,
        reference,
        tolerance=tolerance,
        splits=load_task(data)[1] if data else None,
        command=command_line(context),
    )
    save_checkpoint(out, imported.checkpoint)
    emit(
        _record(imported, out), as_json=as_json, show=lambda console: _show(imported, out, console)
    )


def _record(imported: Imported, out: Path) -> dict[str, object]:
    header, comparison = imported.checkpoint.header, imported.comparison
    traits = KINDS[header.cell.kind]
    return {
        "checkpoint": out,
        "cell": header.cell.kind,
        "units": header.units,
        "blocks": header.blocks,
        "sequences": comparison.sequences,
        "largest_difference": comparison.largest,
        "relative_difference": comparison.relative,
        "place": comparison.place,
        "decisions_alike": comparison.decisions,
        "accuracy": header.metrics.model_dump(),
        "exportable": traits.exportable,
        "refusal": traits.refusal,
        "content_hash": imported.checkpoint.content_hash,
    }


def _show(imported: Imported, out: Path, console: Console) -> None:
    header, comparison = imported.checkpoint.header, imported.comparison
    traits = KINDS[header.cell.kind]
    console.print(
        f"{traits.title}, {header.channels} channels, {header.units} units, "
        f"{header.blocks} blocks, {len(header.classes)} classes"
    )
    console.print(
        f"outputs of {comparison.sequences} sequences differ by at most {comparison.largest:.2g}, "
        f"{comparison.relative:.2g} of the largest, at {comparison.place}; "
        f"{percent(comparison.decisions)} of the decisions agree"
    )
    if header.metrics.test is not None:
        console.print(f"accuracy on the test set: {percent(header.metrics.test)}")
    if traits.refusal is not None:
        console.print(f"it cannot become a circuit: {traits.refusal}")
    console.print(f"checkpoint: {out}")
    if traits.exportable:
        console.print(f"next: hwsim export {out} --out {out.stem}")
