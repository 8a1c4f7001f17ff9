"""Descriptions that designers write in YAML, found by name and checked against a schema."""

from __future__ import annotations

from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hwsim.foundation.complaint import first_complaint
from hwsim.foundation.errors import InputError

Described = TypeVar("Described", bound=BaseModel)


def find_description(what: str, name: str, home: Path) -> Path:
    """Folder ``home / name`` of a template or a technology.

    Raises:
        InputError: there is none of that name; the message lists those that exist.
    """
    known = sorted(entry.parent.name for entry in home.glob(f"*/{what}.yaml"))
    if name not in known:
        raise InputError(f"unknown {what} '{name}'", hint=f"known: {', '.join(known)}")
    return home / name


def read_description(path: Path, schema: type[Described], **extra: object) -> Described:
    """Read a YAML file into a schema.

    Args:
        path: the file.
        schema: the pydantic model.
        extra: fields that do not stand in the file.

    Raises:
        InputError: unreadable, not YAML, or not of the schema.
    """
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=str(path)) from None
    except yaml.YAMLError as error:
        raise InputError(f"not YAML: {' '.join(str(error).split())}", where=str(path)) from None
    if not isinstance(content, dict):
        raise InputError("is not a mapping of fields", where=str(path))
    try:
        return schema.model_validate({**content, **extra})
    except ValidationError as error:
        raise InputError(first_complaint(error), where=str(path)) from None
