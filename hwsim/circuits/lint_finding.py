"""One thing that the lint of a template finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that a designer has to change.

    Attributes:
        place: file and line.
        what: was found, as a sentence without a final period.
        hint: what to do about it.
    """

    place: str
    what: str
    hint: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what} ({self.hint})"
