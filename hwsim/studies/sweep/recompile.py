"""The design of an export with other bits, from the checkpoint that it was made of."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from pathlib import Path

from hwsim.checkpoints.checkpoint import Checkpoint, load_checkpoint
from hwsim.design.compile import compile_design, unit_kind
from hwsim.design.design import Design
from hwsim.design.options import CompileOptions
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError


def designs_by_bits(
    design: Design, bits: Collection[int], checkpoint: Path | None = None
) -> Mapping[int, Design]:
    """A design compiled to other bits.

    Args:
        design: as it was exported; it stands for its own bits.
        bits: of a weight, sign included.
        checkpoint: that it was made of; None looks among those that ship.

    Raises:
        InputError: the checkpoint is another one or cannot be found, or bits that cannot be laid
            out.
    """
    own = design.provenance.bits
    others = sorted(set(bits) - {own})
    if not others:
        return {own: design}
    network = _find(design, checkpoint)
    options = CompileOptions(
        technology=design.technology,
        templates=design.templates,
        unit_current=design.operating.unit_current,
        step=design.operating.step,
        supply_voltage=design.operating.supply_voltage,
        write_fraction=design.operating.write_fraction,
        bits=own,
    )
    measured = design.measured[unit_kind(network)]
    again = compile_design(network, options, measured, name=design.name)
    if again.stages != design.stages:
        raise InputError(
            "the checkpoint compiles to another network than that of the export",
            hint=f"the export was made by hwsim {design.provenance.hwsim}: export again",
        )
    made = {
        each: compile_design(network, replace(options, bits=each), measured, name=design.name)
        for each in others
    }
    return {own: design, **made}


def _find(design: Design, path: Path | None) -> Checkpoint:
    """The checkpoint of a design.

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
        "other bits need the checkpoint that the export was made of",
        hint="name its file with --checkpoint",
    )
