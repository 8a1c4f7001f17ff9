"""The network of an export as other builds: other bits, other ladders, other templates."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from hwsim.characterization.store import find_datasheet
from hwsim.checkpoints.checkpoint import Checkpoint, load_checkpoint
from hwsim.checkpoints.header import CellHeader
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.export import Export
from hwsim.circuits.template import Template, load_template
from hwsim.design.compile import compile_design, unit_kind
from hwsim.design.design import Design
from hwsim.design.options import CompileOptions
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.build import Build, own_build
from hwsim.studies.template_swap import require_swappable, swap


@dataclass(frozen=True, slots=True)
class Circuit:
    """One build of a network.

    Attributes:
        design: at the operating point of the export.
        circuits: its templates and technology.
    """

    design: Design
    circuits: CircuitSet


def circuits_by_build(
    export: Export, builds: Collection[Build], checkpoint: Path | None = None
) -> Mapping[Build, Circuit]:
    """The network of an export in several builds.

    Args:
        export: it stands for its own build.
        builds: that are wanted.
        checkpoint: that the export was made of, for other bits and levels; None looks among those
            that ship.

    Raises:
        InputError: the checkpoint is another one or cannot be found, or a build that cannot be
            made: bits that cannot be laid out, levels of cells without a ladder, a template that
            does not fit the network or was never measured.
    """
    own = own_build(export.design)
    wanted = {own, *builds}
    compiled = _compiled(export.design, {(b.bits, b.levels_half) for b in wanted}, checkpoint)
    others = _templates(export, wanted)
    return {
        build: _with_templates(
            export, compiled[build.bits, build.levels_half], others[build.template]
        )
        for build in sorted(wanted)
    }


def find_checkpoint(design: Design, path: Path | None = None) -> Checkpoint:
    """The checkpoint that a design was made of.

    Args:
        design: of an export.
        path: of its file; None looks among the checkpoints that ship.

    Raises:
        InputError: a file of another one, or none.
    """
    wanted = design.provenance.checkpoint
    if path is not None:
        found = load_checkpoint(path)
        if found.content_hash != wanted:
            raise InputError(
                "is not the checkpoint that the export was made of",
                where=str(path),
                hint=f"its hash begins with {found.content_hash[:16]}, not {wanted[:16]}",
            )
        return found
    for candidate in sorted(shipped("models").glob("*.safetensors")):
        found = load_checkpoint(candidate)
        if found.content_hash == wanted:
            return found
    raise InputError(
        "other bits or levels need the checkpoint that the export was made of",
        hint="name its file with --checkpoint",
    )


def with_levels(network: Checkpoint, levels_half: int) -> Checkpoint:
    """A network whose ladders end elsewhere; its weights stay.

    Raises:
        InputError: its cells are no ladders, or a ladder without levels.
    """
    cell = network.header.cell
    if cell.levels_half is None:
        raise InputError(
            f"{cell.kind} cells have no levels to choose", hint="saturating_cmru has ladders"
        )
    if levels_half < 1:
        raise InputError(f"a ladder of {levels_half} levels on each side", hint="one is the least")
    other = CellHeader(kind=cell.kind, levels_half=levels_half)
    return Checkpoint(network.header.model_copy(update={"cell": other}), network.tensors)


def _compiled(
    design: Design, wanted: Collection[tuple[int, int]], checkpoint: Path | None
) -> Mapping[tuple[int, int], Design]:
    """Designs by bits and levels, with the templates of the export."""
    own = own_build(design)
    mine = own.bits, own.levels_half
    others = sorted(set(wanted) - {mine})
    if not others:
        return {mine: design}
    network = find_checkpoint(design, checkpoint)
    options = CompileOptions(
        technology=design.technology,
        templates=design.templates,
        unit_current=design.operating.unit_current,
        step=design.operating.step,
        supply_voltage=design.operating.supply_voltage,
        write_fraction=design.operating.write_fraction,
        bits=own.bits,
    )
    measured = design.measured[unit_kind(network)]
    again = compile_design(network, options, measured, name=design.name)
    if again.stages != design.stages:
        raise InputError(
            "the checkpoint compiles to another network than that of the export",
            hint=f"the export was made by hwsim {design.provenance.hwsim}: export again",
        )
    made = {mine: design}
    for bits, levels in others:
        altered = network if levels == own.levels_half else with_levels(network, levels)
        made[bits, levels] = compile_design(
            altered, replace(options, bits=bits), measured, name=design.name
        )
    return made


_Measured = tuple[Template, Datasheet]


def _templates(export: Export, builds: Collection[Build]) -> Mapping[str, list[_Measured]]:
    """What each choice of templates puts in the place of the export's, by its word.

    Raises:
        InputError: a template that does not fit the network or was never measured.
    """
    own = {template.name for template in export.circuits.templates.values()}
    names = {name for build in builds for name in build.templates} - own
    found: dict[str, _Measured] = {}
    for name in sorted(names):
        template = load_template(name)
        require_swappable(export, template)
        found[name] = template, _datasheet(export, template)
    return {
        build.template: [found[name] for name in build.templates if name not in own]
        for build in builds
    }


def _with_templates(export: Export, design: Design, others: Collection[_Measured]) -> Circuit:
    """A design with other templates in the places of their kinds."""
    made = replace(export, design=design)
    for template, sheet in others:
        swapped = swap(made, template, sheet)
        made = replace(made, design=swapped.design, circuits=swapped.circuits)
    return Circuit(made.design, made.circuits)


def _datasheet(export: Export, template: Template) -> Datasheet:
    """The datasheet of a template on the technology of an export.

    Raises:
        InputError: nobody has measured it.
    """
    technology = export.circuits.technology
    datasheet = find_datasheet(template, technology)
    if datasheet is None:
        raise InputError(
            f"there is no datasheet of {template.name} on {technology.name}",
            hint=f"measure it: `hwsim template characterize {template.name} "
            f"--technology {technology.name}`",
        )
    return datasheet
