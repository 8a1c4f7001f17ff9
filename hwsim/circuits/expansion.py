"""The text of a template with its Jinja statements carried out, each line with its origin."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import jinja2
import jinja2.ext
import jinja2.lexer
import jinja2.runtime
import jinja2.sandbox

from hwsim.foundation.errors import InputError
from hwsim.foundation.spice_text import find_offences

LARGEST_TEXT = 2_000_000
"""Characters that a template may expand to; a ladder of 100 levels has a tenth of this."""

LARGEST_LOOPS = 20_000
"""Rounds of all loops of a template together: a runaway loop ends here instead of never."""

LARGEST_POWER = 64
"""Exponent that a template may raise a number to."""

_MARK = "\x1f"
_END_OF_LINE = re.compile(rf"(?:{_MARK}(\d+))?\n")


@dataclass(frozen=True, slots=True)
class SourceLine:
    """One line of SPICE and the line of the template's file that it came from."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class Expansion:
    """An expanded template.

    Attributes:
        path: its file.
        lines: of SPICE, in order.
    """

    path: Path
    lines: tuple[SourceLine, ...]

    @property
    def text(self) -> str:
        """The SPICE text."""
        return "".join(f"{line.text}\n" for line in self.lines)

    def place(self, number: int) -> str:
        """File and line, for messages."""
        return f"{self.path}, line {number}"


def expand(path: Path, variables: Mapping[str, int]) -> Expansion:
    """Carry out the statements of a template.

    Raises:
        InputError: with the line: an unreadable file, a statement that does not parse or fails,
            an unknown variable, or a line that would make ngspice run a command.
    """
    try:
        source = path.read_text(encoding="utf-8")
        text = "".join(_pieces(source, variables))
    except OSError as error:
        raise InputError(f"cannot read: {error.strerror}", where=str(path)) from None
    except UnicodeDecodeError:
        raise InputError("is not UTF-8 text", where=str(path)) from None
    except jinja2.TemplateSyntaxError as error:
        raise InputError(str(error.message), where=f"{path}, line {error.lineno}") from None
    except (
        jinja2.TemplateError,
        ArithmeticError,
        AttributeError,
        LookupError,
        MemoryError,
        RecursionError,
        TypeError,
        ValueError,
    ) as error:
        # Statements of a template fail with the exceptions of Python too.
        line = _failing_line(error.__traceback__)
        where = f"{path}, line {line}" if line else str(path)
        raise InputError(str(error) or type(error).__name__, where=where) from None
    expansion = Expansion(path, tuple(_lines(text)))
    _refuse_commands(expansion)
    return expansion


class _Origins(jinja2.ext.Extension):
    """Marks each end of a line that stands in the file with the number of the line."""

    def filter_stream(self, stream: jinja2.lexer.TokenStream) -> Iterator[jinja2.lexer.Token]:
        for token in stream:
            if token.type != "data":
                yield token
                continue
            pieces = token.value.split("\n")
            ends = [f"{_MARK}{token.lineno + index}\n" for index in range(len(pieces) - 1)]
            marked = "".join(piece + end for piece, end in zip(pieces, [*ends, ""], strict=True))
            yield jinja2.lexer.Token(token.lineno, token.type, marked)


class _Environment(jinja2.sandbox.SandboxedEnvironment):
    """A sandbox in which no product or power outgrows the memory or the day."""

    intercepted_binops = frozenset(["*", "**"])

    def call_binop(
        self, context: jinja2.runtime.Context, operator: str, left: object, right: object
    ) -> object:
        if _excess(operator, left, right):
            raise OverflowError(f"the result of '{operator}' would be too long")
        return super().call_binop(context, operator, left, right)


def _excess(operator: str, left: object, right: object) -> bool:
    """Whether repeating a text or raising a number gives more than a netlist can hold."""
    if operator == "**":
        return not (isinstance(right, int | float) and abs(right) <= LARGEST_POWER)
    pairs = ((left, right), (right, left))
    return any(
        isinstance(one, str | list | tuple)
        and isinstance(other, int)
        and len(one) * other > LARGEST_TEXT
        for one, other in pairs
    )


class _Rounds:
    """``range`` with a budget that all loops of a template share."""

    def __init__(self) -> None:
        self.left = LARGEST_LOOPS

    def __call__(self, *bounds: int) -> range:
        chosen = range(*bounds)
        self.left -= len(chosen)
        if self.left < 0:
            raise OverflowError(f"loops of more than {LARGEST_LOOPS} rounds")
        return chosen


def _pieces(source: str, variables: Mapping[str, int]) -> Iterator[str]:
    environment = _Environment(
        line_statement_prefix="*%",
        variable_start_string="<<",
        variable_end_string=">>",
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=False,
        extensions=[_Origins],
    )
    template = environment.from_string(source, globals={"range": _Rounds()})
    size = 0
    for piece in template.generate(**variables):
        size += len(piece)
        if size > LARGEST_TEXT:
            raise OverflowError(f"expands to more than {LARGEST_TEXT} characters")
        yield piece


def _lines(text: str) -> Iterator[SourceLine]:
    number, start = 1, 0
    for end in _END_OF_LINE.finditer(text):
        number = int(end[1]) if end[1] else number
        yield SourceLine(number, text[start : end.start()])
        start = end.end()
    if start < len(text):
        yield SourceLine(number + 1, text[start:])


def _failing_line(traceback: TracebackType | None) -> int | None:
    """Line of the template at which a statement failed."""
    line = None
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == "<template>":
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return line


def _refuse_commands(expansion: Expansion) -> None:
    for index, reason in find_offences(expansion.text):
        raise InputError(
            reason,
            where=expansion.place(expansion.lines[index - 1].number),
            hint="a netlist may hold devices, models and includes from its own folder",
        )
