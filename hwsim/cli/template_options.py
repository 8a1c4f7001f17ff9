"""Options that the commands about templates share."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from hwsim.cli.output import QuantityType, progress

if TYPE_CHECKING:
    from hwsim.circuits.template import Template, TemplateKind

Command = TypeVar("Command", bound=Callable[..., object])


technology_option = click.option("--technology", default="generic180", show_default=True)


def template_path_option(command: Command) -> Command:
    """``--template-path``: folders that templates are looked for in before any other."""
    return click.option(
        "--template-path",
        multiple=True,
        metavar="DIR",
        expose_value=False,
        is_eager=True,
        callback=_search_first,
        help="Folder of templates, searched before HWSIM_TEMPLATES and the package.",
    )(command)


def measuring_options(command: Command) -> Command:
    """``--timeout`` of a measurement."""
    return click.option(
        "--timeout",
        type=QuantityType("s"),
        default="900s",
        show_default=True,
        callback=_require_positive,
        help="Longest time for one template on one technology.",
    )(command)


def _require_positive(_context: click.Context, _parameter: click.Parameter, value: float) -> float:
    """Refuse a time in which nothing can be measured."""
    if value <= 0:
        raise click.BadParameter(f"{value:g} s is no time to measure in")
    return value


def _search_first(
    context: click.Context, parameter: click.Parameter, value: tuple[str, ...]
) -> None:
    """Search the folders for as long as the command runs."""
    folders = [Path(word) for words in value for word in words.split(os.pathsep) if word]
    for folder in folders:
        if not folder.is_dir():
            raise click.BadParameter(f"'{folder}' is not a folder", context, parameter)
    if folders:
        from hwsim.circuits.search_path import searching_first

        context.with_resource(searching_first(folders))


@contextlib.contextmanager
def measured(what: str, *, as_json: bool) -> Iterator[Callable[[int, int], None]]:
    """Draw the progress of a measurement that counts its decks, part by part.

    Yields:
        A callback that takes the number of finished decks and of those of this part.
    """
    with progress(f"measuring {what}", 1.0, as_json=as_json) as advance:
        shown = 0.0

        def show(done: int, total: int) -> None:
            nonlocal shown
            share = done / total if total else 1.0
            advance(share - shown)
            shown = share

        yield show


def sound_template(name: str, kind: TemplateKind | None = None) -> Template:
    """A template that the lint has nothing against.

    Raises:
        InputError: no such template, another kind, or what the lint found.
    """
    from hwsim.circuits.lint import require_sound
    from hwsim.circuits.template import load_template

    template = load_template(name, kind)
    require_sound(template)
    return template


def require_folder(out: Path) -> None:
    """Make the folder before minutes are spent on what goes in there.

    Raises:
        InputError: it cannot be made.
    """
    from hwsim.foundation.errors import InputError

    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot make the folder: {error.strerror}", where=str(out)) from None
