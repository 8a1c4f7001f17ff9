"""Run a deck with the ngspice program: without the library, and without PySpice.

It costs a process a run. It stands in where the library is missing, and it is the independent way
to a result that the library's can be compared with.
"""

from __future__ import annotations

import subprocess
import tempfile
import time
from pathlib import Path

from hwsim.foundation.errors import InputError
from hwsim.spice.complaints import Line, own_words
from hwsim.spice.deck import Deck, Result
from hwsim.spice.errors import DeckError, IncompleteRun, NgspiceMissing, RunError, SimulationTimeout
from hwsim.spice.installation import find_program, program_version, simulator_environment
from hwsim.spice.outcome import Outcome, judge
from hwsim.spice.raw import read_raw
from hwsim.spice.samples import Plots


def run_batch(deck: Deck, *, timeout_seconds: float = 600.0) -> Result:
    """Run a deck with ``ngspice -b -r``.

    Args:
        deck: what to run; its ``.measure`` lines are not evaluated.
        timeout_seconds: how long it may take.

    Raises:
        InputError: a deck with altered devices or variants, which a program run cannot have.
        NgspiceMissing: there is no ngspice program.
        RunError: the deck gave no trustworthy result.
    """
    if deck.altered or deck.variants:
        raise InputError(
            "devices are altered in the loaded circuit, which needs the library of ngspice",
            where=str(deck.path),
            hint="run it with run_deck",
        )
    program = find_program()
    if program is None:
        raise NgspiceMissing("the ngspice program is not installed")
    if not deck.path.is_file():
        raise DeckError("there is no such file", deck=deck)
    with tempfile.TemporaryDirectory(prefix="hwsim-") as folder:
        raw = Path(folder) / "out.raw"
        started = time.perf_counter()
        finished = _run(program, deck, raw, timeout_seconds)
        seconds = time.perf_counter() - started
        lines = (*_lines(finished.stderr, is_error=True), *_lines(finished.stdout, is_error=False))
        outcome = Outcome(_plots(raw), lines, seconds, program_version() or "unknown")
    verdict = judge(deck, outcome)
    if isinstance(verdict, RunError):
        raise verdict
    if finished.returncode != 0:
        what = f"ngspice ended with exit {finished.returncode}: {own_words(lines)}"
        raise IncompleteRun(what, deck=deck, log=outcome.log)
    return verdict


def _run(
    program: str, deck: Deck, raw: Path, timeout_seconds: float
) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the ngspice that the PATH names
            [program, "-b", "-r", str(raw), deck.path.name],
            cwd=deck.path.absolute().parent,
            env=simulator_environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout_seconds,
            check=False,
        )
    except subprocess.TimeoutExpired:
        what = f"ngspice took longer than the {timeout_seconds:g} s it was allowed"
        raise SimulationTimeout(what, deck=deck) from None


def _plots(raw: Path) -> Plots:
    """What the run wrote; a run that failed leaves no file or a broken one."""
    try:
        return read_raw(raw)
    except InputError:
        return {}


def _lines(text: str, *, is_error: bool) -> list[Line]:
    return [Line(line.rstrip(), is_error) for line in text.splitlines()]
