"""The check of the power model, kept beside the results of an export."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from hwsim import __version__
from hwsim.chips.datasheets import datasheets_of
from hwsim.circuits.export import Export
from hwsim.design.store import design_json
from hwsim.foundation.complaint import first_complaint
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash, write_text
from hwsim.studies.power_check import PowerCheck

FILE = "power_check.json"
"""Name of the file in the folder of results."""


class _StoredCheck(BaseModel):
    """A check and what it is of."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    format: Literal["hwsim-power-check"] = "hwsim-power-check"
    version: Literal[1] = 1
    hwsim: str
    design: str
    datasheets: dict[str, str]
    check: PowerCheck


@dataclass(frozen=True, slots=True)
class KnownCheck:
    """What is known of the uncertainty of an export's power.

    Attributes:
        check: None where there is none of this design with these datasheets.
        reason: why there is none; empty where there is one.
    """

    check: PowerCheck | None
    reason: str = ""


def write_check(export: Export, check: PowerCheck) -> Path:
    """Keep a check beside the results.

    Raises:
        InputError: the folder cannot be written to.
    """
    path = export.results / FILE
    stored = _StoredCheck(
        hwsim=__version__,
        design=_design_hash(export),
        datasheets=dict(_datasheet_hashes(export)),
        check=check,
    )
    write_text(path, json.dumps(stored.model_dump(), indent=1) + "\n")
    return path


def read_check(export: Export) -> KnownCheck:
    """The check that is kept beside the results of an export.

    Raises:
        InputError: a file that is none of a check.
    """
    path = export.results / FILE
    if not path.is_file():
        return KnownCheck(None, "this chip was not checked against ngspice")
    try:
        stored = _StoredCheck.model_validate_json(path.read_bytes())
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except ValidationError as error:
        raise InputError(
            f"is no check of power: {first_complaint(error)}",
            where=str(path),
            hint="delete it, and check again with `hwsim power DIR --check`",
        ) from None
    if stored.design != _design_hash(export):
        return KnownCheck(None, "the check beside the results is of another design")
    if stored.datasheets != _datasheet_hashes(export):
        return KnownCheck(None, "templates were measured again since this chip was checked")
    return KnownCheck(stored.check)


def _design_hash(export: Export) -> str:
    return content_hash(design_json(export.design).encode())


def _datasheet_hashes(export: Export) -> Mapping[str, str]:
    return {
        kind: sheet.provenance.content for kind, sheet in datasheets_of(export.circuits).items()
    }
