"""The ngspice shared library in this process, through PySpice.

Only a worker process imports this: a process can hold one library, and a broken deck can end it.
"""

from __future__ import annotations

import logging
import math
import os
import re
import time
import warnings
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from hwsim.spice.complaints import Line, first_complaint
from hwsim.spice.deck import Alterations
from hwsim.spice.installation import version_in
from hwsim.spice.names import number_plots, plot_kind, vector_name
from hwsim.spice.outcome import Outcome
from hwsim.spice.samples import Plots, Samples, as_samples

with warnings.catch_warnings():
    # PySpice 1.5 has invalid escape sequences and deprecated calls; they are not the user's.
    warnings.simplefilter("ignore")
    from PySpice.Spice.NgSpice import Shared

# It calls every ngspice that it has not met unsupported.
logging.getLogger("PySpice").setLevel(logging.ERROR)

_PERCENT = re.compile(r"([\d.]+)%")
_CONSTANTS = "const"


class _VectorInfo(Protocol):
    """The library's ``vector_info``: one of the two pointers is null."""

    v_length: int
    v_realdata: object
    v_compdata: object


class Library(Shared.NgSpiceShared):  # type: ignore[misc]  # PySpice has no types
    """One ngspice library: runs deck after deck and keeps nothing between them.

    Args:
        on_progress: called with the finished part (0 to 1) of the running analysis.
    """

    def __init__(self, on_progress: Callable[[float], None]) -> None:
        self._on_progress = on_progress
        self._lines: list[Line] = []
        self._usable = True
        super().__init__()
        self._version = version_in(str(self.exec_command("version -f"))) or "unknown"

    @property
    def version(self) -> str:
        """For example ``39``."""
        return self._version

    def run_file(
        self,
        folder: str,
        name: str,
        variants: Sequence[Alterations] = (),
        altered: Alterations | None = None,
    ) -> Outcome:
        """Run the analyses of a deck, and again for each of its variants.

        Args:
            folder: the folder to run in.
            name: the file's plain name in it.
            variants: devices to alter in the loaded circuit, see `Deck`.
            altered: devices to alter before the first run.
        """
        os.chdir(folder)
        outcome = self._run(f"source {name}", altered)
        others: list[Outcome] = []
        for variant in variants:
            if not self._usable or first_complaint(outcome.lines) is not None:
                break
            others.append(self._run_altered(variant))
            if first_complaint(others[-1].lines) is not None and self._usable:
                # ngspice keeps settings of a circuit it has choked on.
                self._forget()
                self._command(f"source {name}")
                self._alter(altered or {})
        if self._usable:
            self._forget()
        return replace(outcome, variants=tuple(others), usable=self._usable)

    def _run_altered(self, variant: Alterations) -> Outcome:
        """Run the loaded circuit with devices altered, and put them back.

        ngspice takes the alteration of a device or parameter that does not exist without a word
        in its results, so each value is read before and after.
        """
        self._command("destroy all")
        self._lines.clear()
        drawn = {target: self._parameter(target) for target in variant}
        if None not in drawn.values():
            self._alter(variant)
        outcome = self._run()
        for target, value in drawn.items():
            if value is not None and self._usable:
                self._command(f"alter {target} = {value!r}")
        return outcome

    def _alter(self, variant: Alterations) -> None:
        for target, value in variant.items():
            self._command(f"alter {target} = {value!r}")
            now = self._parameter(target)
            if now is None or not math.isclose(now, value, rel_tol=1e-9, abs_tol=1e-30):
                self._lines.append(Line(f"error: {target} stays at {now}", is_error=True))

    def _parameter(self, target: str) -> float | None:
        """A parameter of a device; None, and a complaint of ngspice, when there is none."""
        vector = self._ngspice_shared.ngGet_Vec_Info(target.encode())
        return float(self._memory_of(vector)[0]) if vector else None

    def _run(self, first: str | None = None, altered: Alterations | None = None) -> Outcome:
        """Run the loaded circuit, after a command that may load it and the devices to alter."""
        plots: Plots = {}
        started = time.perf_counter()
        if first is not None:
            self._lines.clear()
            self._command(first)
        if altered and self._usable and first_complaint(self._lines) is None:
            self._alter(altered)
        # After a deck that it could not read, ngspice would run the one before.
        if self._usable and first_complaint(self._lines) is None:
            self._command("run")
            if self._usable and first_complaint(self._lines) is None:
                plots = self._plots()
        seconds = time.perf_counter() - started
        return Outcome(plots, tuple(self._lines), seconds, self._version, self._usable)

    def exec_command(self, command: str, join_lines: bool = True) -> str | list[str]:
        """PySpice's own commands come here: its judgement of the answer is left out."""
        self._lines.clear()
        self._command(command)
        said = [line.text for line in self._lines if not line.is_error]
        return "\n".join(said) if join_lines else said

    def _command(self, command: str) -> None:
        self._ngspice_shared.ngSpice_Command(command.encode())

    def _forget(self) -> None:
        """Remove results, saves and circuit, so that no later run can return them."""
        for command in ("destroy all", "delete all", "remcirc"):
            self._command(command)
        self._ngspice_shared.ngSpice_Command(Shared.ffi.NULL)  # frees its command structures

    def _plots(self) -> Plots:
        made = [name for name in reversed(self.plot_names) if name != _CONSTANTS]
        names = number_plots(plot_kind(name) for name in made)
        return {name: self._vectors(its_name) for name, its_name in zip(names, made, strict=True)}

    def _vectors(self, plot: str) -> dict[str, Samples]:
        kind = plot_kind(plot)
        vectors: dict[str, Samples] = {}
        newest_first = self._ngspice_shared.ngSpice_AllVecs(plot.encode())
        for its_name in reversed(self._convert_string_array(newest_first)):
            vector = self._ngspice_shared.ngGet_Vec_Info(f"{plot}.{its_name}".encode())
            # `savecurrents` declares vectors that some analyses never fill.
            if vector and vector.v_length > 0:
                name = vector_name(its_name, kind)
                vectors[name] = as_samples(name, self._memory_of(vector))
        return vectors

    def _memory_of(self, vector: _VectorInfo) -> Samples:
        """The vector where it lies in the library: to be copied before the next command."""
        if vector.v_compdata:
            memory = Shared.ffi.buffer(vector.v_compdata, vector.v_length * 16)
            return np.frombuffer(memory, np.complex128)
        memory = Shared.ffi.buffer(vector.v_realdata, vector.v_length * 8)
        return np.frombuffer(memory, np.float64)

    # The library calls these; they may not raise.

    @staticmethod
    def _send_char(message: object, _identifier: int, handle: object) -> int:
        library: Library = Shared.ffi.from_handle(handle)
        said = Shared.ffi.string(message).decode("utf-8", "replace")
        stream, _, text = said.partition(" ")
        # Counters of the running analysis come without the name of a stream.
        if stream in ("stdout", "stderr"):
            library._lines.append(Line(text.rstrip(), is_error=stream == "stderr"))
            if "cannot recover" in text:
                library._usable = False
        return 0

    @staticmethod
    def _send_stat(message: object, _identifier: int, handle: object) -> int:
        library: Library = Shared.ffi.from_handle(handle)
        percent = _PERCENT.search(Shared.ffi.string(message).decode("utf-8", "replace"))
        if percent:
            library._on_progress(float(percent[1]) / 100)
        return 0

    @staticmethod
    def _exit(_status: int, _now: bool, _quit: bool, _identifier: int, handle: object) -> int:
        library: Library = Shared.ffi.from_handle(handle)
        library._usable = False
        return 0
