"""A report as Markdown: the verdict, the tables, and what the pictures say in words."""

from __future__ import annotations

import re
from collections.abc import Iterator

from hwsim.report.numbers import DASH, interval, share
from hwsim.report.page.model import Page, Section, Table
from hwsim.studies.reporting.absent import Absent

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+|~])")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def markdown(page: Page) -> str:
    """Write a page as Markdown.

    Args:
        page: any.
    """
    blocks = [*_top(page)]
    for section in page.sections:
        blocks += _section(section)
    blocks.append(f"Made by {_plain(page.made_by)}.")
    return "\n\n".join(blocks) + "\n"


def _top(page: Page) -> Iterator[str]:
    yield f"# {_plain(page.title)}"
    yield _plain(page.subtitle)
    yield "## Verdict"
    yield f"**{_plain(page.headline)}**"
    yield _plain(page.lead)
    accuracies = tuple(
        (
            each.engine,
            DASH if each.accuracy is None else share(each.accuracy.value),
            "not run"
            if each.accuracy is None
            else f"95 % interval {interval(each.accuracy)}, {each.accuracy.total} recordings",
        )
        for each in page.accuracies
    )
    yield _table(Table("Accuracy", ("Engine", "Accuracy", ""), accuracies, frozenset({1})))
    keys = tuple((each.label, each.value, each.note) for each in page.keys)
    yield _table(Table("Key figures", ("Figure", "Value", ""), keys, frozenset({1})))
    if page.absent:
        yield "### Not run yet"
        yield "\n".join(f"- {_lacking(each)}" for each in page.absent)


def _section(section: Section) -> Iterator[str]:
    yield f"## {_plain(section.title)}"
    yield from map(_plain, section.text)
    yield from map(_lacking, section.absent)
    for picture in section.pictures:
        yield f"**{_plain(picture.title)}.** {_plain(picture.description)}"
    yield from map(_table, section.tables)


def _lacking(absent: Absent) -> str:
    command = "" if absent.command is None else f" {_code(absent.command)}"
    return f"{_plain(absent.what)}: {_plain(absent.why)}.{command}"


def _table(table: Table) -> str:
    rules = ("---:" if place in table.numbers else "---" for place in range(len(table.head)))
    lines = [
        f"{_plain(table.caption)}:",
        "",
        f"| {' | '.join(map(_plain, table.head))} |",
        f"| {' | '.join(rules)} |",
    ]
    for row in table.rows:
        cells = [_plain(cell) for cell in row]
        if table.is_code:
            cells[-1] = _code(row[-1]).replace("|", "\\|")
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _plain(text: str) -> str:
    """Text that Markdown and HTML leave as it is, on one line."""
    line = _SPECIAL.sub(r"\\\1", " ".join(text.split(None)) if "\n" in text else text)
    return "".join(_ENTITIES.get(character, character) for character in line)


def _code(text: str) -> str:
    """Text as code, with a fence longer than any within."""
    fence = "`" * (max(map(len, re.findall(r"`+", text)), default=0) + 1)
    room = " " if "`" in text else ""
    return f"{fence}{room}{' '.join(text.splitlines())}{room}{fence}"
