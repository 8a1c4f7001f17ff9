"""The messages between a pool and its worker processes; `Outcome` is the last one of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Job:
    """To the worker: run this file in this folder, altered, then each of its variants."""

    folder: str
    name: str
    variants: tuple[Mapping[str, float], ...] = ()
    altered: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ready:
    """From the worker, once: the library is loaded."""


@dataclass(frozen=True, slots=True)
class Progress:
    """From the worker, several times a second: the finished part of the analysis, 0 to 1."""

    fraction: float
