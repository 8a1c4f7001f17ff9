"""What a report cannot tell, why, and the command that changes it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from pathlib import Path

from hwsim.circuits.testbench import Conditions


@dataclass(frozen=True, slots=True)
class Absent:
    """Something that was not run.

    Attributes:
        topic: the part of the report that lacks it: ``ngspice``, ``chips``, ...
        what: in a few words, as the beginning of a sentence.
        why: the reason.
        command: that runs it; None where no command does.
    """

    topic: str
    what: str
    why: str
    command: str | None

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {"topic": self.topic, "what": self.what, "why": self.why, "command": self.command}


@dataclass(frozen=True, slots=True)
class Commands:
    """Command lines about an export, as the reader of a report can type them.

    Attributes:
        folder: the export.
        data: as the user named it; None for the task of the network.
        conditions: of the report.
    """

    folder: Path
    data: str | None = None
    conditions: Conditions = field(default_factory=Conditions)

    def of(self, command: str, *words: object) -> str:
        """A command on the export, with the report's data and conditions.

        Args:
            command: its name.
            words: options and their values.
        """
        line = ["hwsim", command, str(self.folder), *map(str, words)]
        if self.data is not None:
            line += ["--data", self.data]
        return shlex.join([*line, *self._conditions()])

    def _conditions(self) -> list[str]:
        nominal, here = Conditions(), self.conditions
        words = [] if here.corner == nominal.corner else ["--corner", here.corner]
        if here.temperature != nominal.temperature:
            words += ["--temperature", f"{here.temperature:g}"]
        return words
