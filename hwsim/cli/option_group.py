"""Options that belong together, handed to a command as one thing."""

from __future__ import annotations

import dataclasses
import functools
from collections.abc import Callable, Collection, Sequence
from typing import Any

import click
from click.core import ParameterSource

Command = Callable[..., None]
Option = Callable[[Command], Command]


def with_options(command: Command, options: Sequence[Option]) -> Command:
    """A command with options, shown in their order."""
    for option in reversed(options):
        command = option(command)
    return command


def group(noun: type[Any], name: str, options: Sequence[Option]) -> Option:
    """Decorates a command with options that it takes as one argument.

    Args:
        noun: dataclass with a field for each of the options, called as they are.
        name: of the argument.
        options: in the order in which they are shown.
    """
    names = [field.name for field in dataclasses.fields(noun)]

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def collected(*args: object, **given: object) -> None:
            mine = {each: given.pop(each) for each in names}
            command(*args, **{name: noun(**mine)}, **given)

        return with_options(collected, options)

    return decorate


def group_of(
    noun: type[Any], name: str, options: Sequence[Option], *, head: str, otherwise: str
) -> Option:
    """The same, where the others mean nothing without one of them; then the argument is None.

    Args:
        noun: dataclass with a field for each of the options.
        name: of the argument.
        options: in the order in which they are shown.
        head: the one that the others are of; None where it was not given.
        otherwise: what to say of another one that stands alone, after ``--name is``.
    """
    others = [field.name for field in dataclasses.fields(noun) if field.name != head]

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def collected(*args: object, **given: Any) -> None:  # noqa: ANN401
            if given[head] is None:
                _refuse_alone(others, otherwise)
            mine = {each: given.pop(each) for each in (head, *others)}
            value = None if mine[head] is None else noun(**mine)
            command(*args, **{name: value}, **given)

        return with_options(collected, options)

    return decorate


def _refuse_alone(others: Collection[str], otherwise: str) -> None:
    context = click.get_current_context()
    for each in others:
        if context.get_parameter_source(each) is ParameterSource.COMMANDLINE:
            raise click.UsageError(f"--{each.replace('_', '-')} is {otherwise}")
