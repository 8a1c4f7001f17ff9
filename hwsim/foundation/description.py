"""Descriptions that people write in YAML, found by name and checked against a schema."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from hwsim.foundation.complaint import first_complaint
from hwsim.foundation.errors import InputError

Described = TypeVar("Described", bound=BaseModel)

Place = Sequence[str | int]
"""Keys and indices that lead to a field: ``("subcircuits", "unit", "ports")``."""


def find_description(what: str, name: str, *homes: Path) -> Path:
    """Folder ``home / name`` of a template or a technology, in the first home that has it.

    Raises:
        InputError: there is none of that name; the message lists those that exist.
    """
    known = {entry.parent.name for home in homes for entry in home.glob(f"*/{what}.yaml")}
    if name not in known:
        raise InputError(f"unknown {what} '{name}'", hint=f"known: {', '.join(sorted(known))}")
    return next(home / name for home in homes if (home / name / f"{what}.yaml").is_file())


def read_description(path: Path, schema: type[Described], **extra: object) -> Described:
    """Read a YAML file into a schema.

    Args:
        path: the file.
        schema: the pydantic model.
        extra: fields that do not stand in the file.

    Raises:
        InputError: unreadable, not YAML, a key that is there twice, or not of the schema; with
            the number of the line.
    """
    root = _compose(path)
    if not isinstance(root, yaml.MappingNode):
        raise InputError("is not a mapping of fields", where=str(path))
    _refuse_duplicates(root, path)
    try:
        content = yaml.SafeLoader("").construct_document(root)
    except yaml.YAMLError as error:
        raise _not_yaml(error, path) from None
    try:
        return schema.model_validate({**content, **extra})
    except ValidationError as error:
        place = error.errors()[0]["loc"]
        raise InputError(first_complaint(error), where=_at(path, _line(root, place))) from None


def field_place(path: Path, place: Place) -> str:
    """File and line of a field of a description, for messages.

    Args:
        path: a file that `read_description` has read.
        place: keys that lead to the field; as far as they exist.
    """
    return _at(path, _line(_compose(path), place))


def _compose(path: Path) -> yaml.Node | None:
    try:
        node: yaml.Node | None = yaml.compose(path.read_text(encoding="utf-8"), yaml.SafeLoader)
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=str(path)) from None
    except yaml.YAMLError as error:
        raise _not_yaml(error, path) from None
    return node


def _not_yaml(error: yaml.YAMLError, path: Path) -> InputError:
    mark = error.problem_mark if isinstance(error, yaml.MarkedYAMLError) else None
    problem = error.problem if isinstance(error, yaml.MarkedYAMLError) else str(error)
    where = _at(path, mark.line + 1) if mark else str(path)
    return InputError(f"not YAML: {' '.join(str(problem).split())}", where=where)


def _refuse_duplicates(node: yaml.Node, path: Path) -> None:
    """Refuse a mapping with a key twice: YAML would silently take the last one."""
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _refuse_duplicates(item, path)
    if not isinstance(node, yaml.MappingNode):
        return
    lines: dict[str, int] = {}
    for key, value in node.value:
        line = key.start_mark.line + 1
        if isinstance(key, yaml.ScalarNode):
            if key.value in lines:
                raise InputError(
                    f"the key '{key.value}' is here a second time",
                    where=_at(path, line),
                    hint=f"the first is in line {lines[key.value]}; keep one",
                )
            lines[key.value] = line
        _refuse_duplicates(value, path)


def _line(node: yaml.Node | None, place: Place) -> int:
    """Line of the deepest field on the way to `place` that the file has."""
    line = node.start_mark.line + 1 if node else 1
    for part in place:
        key, node = _child(node, part)
        if node is None or key is None:
            return line
        line = key.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, part: str | int) -> tuple[yaml.Node | None, yaml.Node | None]:
    """Key and value of one field, or an item of a sequence twice; None where it is not."""
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value == str(part):
                return key, value
    if isinstance(node, yaml.SequenceNode) and isinstance(part, int) and part < len(node.value):
        return node.value[part], node.value[part]
    return None, None


def _at(path: Path, line: int) -> str:
    return f"{path}, line {line}"
