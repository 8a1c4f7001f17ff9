"""`hwsim doctor`: what is installed, what is missing, how to get it, and whether ngspice runs."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import math
import os
import platform
import re
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hwsim import __version__
from hwsim.cli.output import emit, json_option
from hwsim.foundation.errors import HwsimError
from hwsim.spice import Deck, core_count, find_library, find_program, program_version, run_deck

if TYPE_CHECKING:
    from rich.console import Console

_APT = "apt-get install ngspice libngspice0"
_TRIAL_SECONDS = 30.0
_TRIAL_DECK = """* a low pass of 1 us, five times as long under a step of 1 V
V1 in 0 pulse(0 1 0 1p 1p 1 2)
R1 in out 1k
C1 out 0 1n
.tran 10n 5u
.end
"""
_TRIAL_STOP = 5e-6  # s
_TRIAL_VOLTS = 1 - math.exp(-5)


@dataclasses.dataclass(frozen=True, slots=True)
class Requirement:
    """Something that hwsim needs.

    Attributes:
        name: of the program, library or package.
        found: its version or place, None when it is missing.
        remedy: the command that installs it.
    """

    name: str
    found: str | None
    remedy: str


@dataclasses.dataclass(frozen=True, slots=True)
class Trial:
    """One small deck through a worker process, ngspice and back.

    Attributes:
        passed: whether the result is that of the circuit.
        says: the version of the library that ran it, or what went wrong.
    """

    passed: bool
    says: str


@click.command("doctor")
@json_option
@click.pass_context
def doctor_command(context: click.Context, as_json: bool) -> None:
    """Say what is installed, what is missing and how to get it.

    Runs a small circuit in ngspice to prove the whole way there and back. Exits 1 when something
    is missing or does not work.
    """
    requirements = [*_packages(), *_simulators()]
    trial = _try_simulator()
    healthy = trial.passed and all(item.found is not None for item in requirements)
    record = {
        "ok": healthy,
        "hwsim": __version__,
        "python": platform.python_version(),
        "cores": core_count(),
        "requirements": [dataclasses.asdict(item) for item in requirements],
        "trial": dataclasses.asdict(trial),
    }

    def show(console: Console) -> None:
        _show(console, requirements, trial)

    emit(record, as_json=as_json, show=show)
    context.exit(0 if healthy else 1)


def _packages() -> list[Requirement]:
    """The packages that hwsim declares, read from metadata: importing torch takes seconds."""
    try:
        declared = importlib.metadata.requires("hwsim") or []
    except importlib.metadata.PackageNotFoundError:
        return [Requirement("hwsim", None, _pip_install("."))]
    return [_package(line) for line in declared if "extra ==" not in line]


def _package(declaration: str) -> Requirement:
    """Look for one declared package, as in ``numpy>=1.26``."""
    name = re.split(r"[^\w.-]", declaration, maxsplit=1)[0]
    try:
        found = importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        found = None
    return Requirement(name, found, _pip_install(f"'{declaration}'"))


def _pip_install(what: str) -> str:
    return f"{sys.executable} -m pip install {what}"


def _simulators() -> list[Requirement]:
    remedy = _APT if os.geteuid() == 0 else f"sudo {_APT}"
    program = find_program()
    told = program and f"{program_version() or 'version unknown'} ({program})"
    return [
        Requirement("ngspice", told, remedy),
        Requirement("libngspice", find_library(), remedy),
    ]


def _try_simulator() -> Trial:
    with tempfile.TemporaryDirectory(prefix="hwsim-doctor-") as folder:
        path = Path(folder) / "trial.cir"
        path.write_text(_TRIAL_DECK)
        try:
            result = run_deck(Deck(path, stop_time=_TRIAL_STOP), timeout_seconds=_TRIAL_SECONDS)
            volts = float(result.vector("v(out)")[-1])
        except HwsimError as error:
            return Trial(passed=False, says=error.what)
    if not math.isclose(volts, _TRIAL_VOLTS, rel_tol=1e-3):
        return Trial(passed=False, says=f"computed {volts:.4f} V instead of {_TRIAL_VOLTS:.4f} V")
    return Trial(passed=True, says=f"ngspice {result.ngspice_version}, {result.wall_seconds:.3f} s")


def _show(console: Console, requirements: list[Requirement], trial: Trial) -> None:
    from rich.table import Table

    table = Table("needed", "found")
    table.add_row("Python", platform.python_version())
    table.add_row("cores", str(core_count()))
    for item in requirements:
        table.add_row(item.name, item.found or "MISSING")
    table.add_row("trial run", trial.says if trial.passed else f"FAILED: {trial.says}")
    console.print(table)
    missing = [item for item in requirements if item.found is None]
    # One command may bring several.
    for remedy in dict.fromkeys(item.remedy for item in missing):
        names = ", ".join(item.name for item in missing if item.remedy == remedy)
        console.print(f"{names}: {remedy}")
