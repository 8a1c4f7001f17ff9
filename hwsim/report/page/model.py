"""What a page is made of, whatever it is written as."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.figure import Figure

from hwsim.report.figure_style import Canvas
from hwsim.studies.accuracy import Proportion
from hwsim.studies.reporting.absent import Absent


@dataclass(frozen=True, slots=True)
class Key:
    """One of the few large figures at the top.

    Attributes:
        label: what it is.
        value: with its unit; a dash where it is not known.
        note: how it is meant, or how sure it is.
    """

    label: str
    value: str
    note: str


@dataclass(frozen=True, slots=True)
class EngineAccuracy:
    """A line of the accuracies at the top.

    Attributes:
        engine: its name.
        meaning: what it stands for.
        accuracy: None where the engine has not run.
    """

    engine: str
    meaning: str
    accuracy: Proportion | None


@dataclass(frozen=True, slots=True)
class Table:
    """A table.

    Attributes:
        caption: what it shows.
        head: names of the columns.
        rows: cells; the first one names its row.
        numbers: columns of numbers, which stand to the right.
        is_code: whether the last column is what one types or compares letter by letter.
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: frozenset[int] = frozenset()
    is_code: bool = False


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and what it says to those who do not see it.

    Attributes:
        name: for references within the page.
        title: what it is.
        description: what it shows, with its key numbers.
        caption: how to read it.
        draw: makes the figure for a canvas.
    """

    name: str
    title: str
    description: str
    caption: str
    draw: Callable[[Canvas], Figure]


@dataclass(frozen=True, slots=True)
class Section:
    """A section of the page.

    Attributes:
        anchor: for links within the page.
        title: of the section.
        text: paragraphs before the pictures.
        pictures: in their order.
        tables: behind the pictures.
        absent: what it lacks.
    """

    anchor: str
    title: str
    text: tuple[str, ...] = ()
    pictures: tuple[Picture, ...] = ()
    tables: tuple[Table, ...] = ()
    absent: tuple[Absent, ...] = ()


@dataclass(frozen=True, slots=True)
class Page:
    """A whole report.

    Attributes:
        title: name of the network.
        subtitle: what it is, in a line.
        headline: the verdict in a sentence.
        lead: the verdict in words.
        accuracies: by engine.
        keys: the few large figures.
        absent: everything that was not run.
        sections: in their order.
        made_by: the program and its version.
    """

    title: str
    subtitle: str
    headline: str
    lead: str
    accuracies: tuple[EngineAccuracy, ...]
    keys: tuple[Key, ...]
    absent: tuple[Absent, ...]
    sections: tuple[Section, ...]
    made_by: str
