"""What every command says: one JSON object or a table on stdout, progress on stderr."""

from __future__ import annotations

import contextlib
import math
import shlex
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import click
from click.core import ParameterSource

from hwsim.foundation.errors import InputError

if TYPE_CHECKING:
    from rich.console import Console

JsonValue: TypeAlias = "bool | int | float | str | list[JsonValue] | dict[str, JsonValue] | None"

json_option = click.option(
    "--json", "as_json", is_flag=True, help="Print one JSON object instead of tables."
)


def emit(record: Mapping[str, object], *, as_json: bool, show: Callable[[Console], None]) -> None:
    """Print a result once, for a program or for a person.

    Args:
        record: the whole result; `json_value` says what it may hold.
        as_json: print `record` as one JSON object and nothing else.
        show: writes the result for a person to the console it is given.
    """
    if as_json:
        import json

        click.echo(json.dumps(json_value(record), indent=2, allow_nan=False))
    else:
        show(_console())


def json_value(value: object) -> JsonValue:
    """Convert to what JSON can say.

    Args:
        value: None, bool, int, float, str, `Path`, NumPy scalar or array, and lists, tuples and
            mappings of these.

    Returns:
        The same with plain Python types; NaN and infinities, which JSON lacks, become None.

    Raises:
        TypeError: any other type.
    """
    match value:
        case None | bool() | str():
            return value
        case float():
            return float(value) if math.isfinite(value) else None
        case int():
            return int(value)
        case Path():
            return str(value)
        case Mapping():
            return {str(key): json_value(item) for key, item in value.items()}
        case list() | tuple():
            return [json_value(item) for item in value]
    if hasattr(value, "tolist"):  # NumPy, told by its method: importing it here would cost 0.1 s
        return json_value(value.tolist())
    raise TypeError(f"{type(value).__name__} has no JSON form")


def percent(fraction: float | None) -> str:
    """A fraction as a person reads it, ``96.5 %``; a dash for what nobody measured."""
    return "-" if fraction is None else f"{100 * fraction:.1f} %"


def command_line(context: click.Context) -> str:
    """The command with what the user gave it, in the order of the help page."""
    words = ["hwsim", *context.command_path.removeprefix("hwsim").split()]
    for parameter in context.command.params:
        name = parameter.name or ""
        if context.get_parameter_source(name) is not ParameterSource.COMMANDLINE:
            continue
        value = context.params.get(name)
        if isinstance(parameter, click.Argument):
            words.append(str(value))
        elif not (value is None or isinstance(value, bool)):
            for each in value if isinstance(value, tuple) else (value,):
                words += [parameter.opts[0], str(each)]
    return shlex.join(words)


@contextlib.contextmanager
def progress(
    description: str, total: float, *, as_json: bool = False
) -> Iterator[Callable[[float], None]]:
    """Draw a progress bar on stderr while the block runs, if a person is watching.

    Args:
        description: what is going on, a few words.
        total: what the advances add up to: a count, or 1.0 for fractions.
        as_json: draw nothing, as when stderr is not a terminal.

    Yields:
        A callback that takes how much has been done since it was last called.
    """
    if as_json or not sys.stderr.isatty():
        yield lambda _amount: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(description, total=total)
        yield lambda amount: bar.advance(task, amount)


class QuantityType(click.ParamType[float]):
    """A number as engineers write it, ``1nA`` or ``10ms``, read into the SI value.

    Args:
        unit: the unit it must carry when it carries one, for example ``"A"``.
    """

    name = "quantity"

    def __init__(self, unit: str) -> None:
        self.unit = unit

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        """Read the word of the command line; wrong usage when it is not such a quantity."""
        from hwsim.foundation.quantities import parse_quantity

        try:
            return parse_quantity(str(value), self.unit)
        except InputError as error:
            self.fail(str(error), param, ctx)


def _console() -> Console:
    """A console that prints text as it is, and breaks no line when stdout is a file or a pipe."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 1000
    return Console(width=width, markup=False, highlight=False, emoji=False)
