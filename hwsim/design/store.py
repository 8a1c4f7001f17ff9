"""Designs as JSON files, and the schema that describes them."""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import ValidationError

from hwsim.design.design import Design
from hwsim.foundation.complaint import first_complaint
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import write_text

_NUMBERS = re.compile(r"\[\s+([^\[\]{}]*?)\s+\]")


def design_json(design: Design) -> str:
    """A design as JSON with one row of numbers a line."""
    return _with_short_rows(json.dumps(design.model_dump(mode="json"), indent=1))


def schema_json() -> str:
    """The JSON schema of a design."""
    return json.dumps(Design.model_json_schema(), indent=2) + "\n"


def write_design(path: Path, design: Design) -> None:
    """Write a design.

    Raises:
        InputError: the file cannot be written.
    """
    write_text(path, design_json(design))


def read_design(path: Path) -> Design:
    """Read a design.

    Raises:
        InputError: unreadable, not JSON, another format or version, or not consistent.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except ValueError as error:
        raise InputError(f"not JSON: {error}", where=str(path)) from None
    if not isinstance(content, dict) or content.get("format") != "hwsim-design":
        raise InputError("is not a design of hwsim", where=str(path))
    if content.get("version") != 1:
        raise InputError(
            f"is a design of version {content.get('version')}, this hwsim reads version 1",
            where=str(path),
            hint="export the checkpoint again",
        )
    try:
        return Design.model_validate_json(json.dumps(content))
    except ValidationError as error:
        raise InputError(first_complaint(error), where=str(path)) from None


def _with_short_rows(text: str) -> str:
    return _NUMBERS.sub(lambda found: f"[{' '.join(found.group(1).split())}]", text) + "\n"
