"""What is kept of the run of a part, and its form on disk."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwsim.circuits.partition.part_testbench import LineVoltage
from hwsim.engines.reading import UnitsReading
from hwsim.engines.trace import Floats


@dataclass(frozen=True, slots=True, eq=False)
class PartResult:
    """One part of a network on one recording.

    Attributes:
        units: what was read of its units; None of the reference.
        supply_current: by part of the chip, A, mean of each step, [step]; [1] where it holds still.
        lines: node -> voltage, of the lines that other parts read.
        attempts: that it took, where one was not enough.
        seconds: wall time of the simulation.
    """

    units: UnitsReading | None
    supply_current: Mapping[str, Floats]
    lines: Mapping[str, LineVoltage]
    attempts: tuple[str, ...]
    seconds: float


def to_bytes(result: PartResult) -> bytes:
    """A result as a ``.npz``."""
    note: dict[str, object] = {"attempts": result.attempts, "seconds": result.seconds}
    arrays: dict[str, NDArray[Any]] = {}
    for part, current in result.supply_current.items():
        arrays[f"supply/{part}"] = current
    for node, line in result.lines.items():
        arrays[f"time/{node}"] = line.time
        arrays[f"volts/{node}"] = line.volts
    if result.units is not None:
        note["violations"] = result.units.violations
        arrays["current"] = result.units.current
        arrays["waveform"] = result.units.waveform.astype(np.float32)
        if result.units.state is not None:
            arrays["state"] = result.units.state
    arrays["note"] = np.frombuffer(json.dumps(note).encode(), dtype=np.uint8)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    return buffer.getvalue()


def from_bytes(content: bytes) -> PartResult:
    """The result that `to_bytes` wrote; the caller makes sure that it is whole."""
    with np.load(io.BytesIO(content), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    note = json.loads(arrays["note"].tobytes())

    def under(prefix: str) -> dict[str, NDArray[Any]]:
        start = f"{prefix}/"
        return {k.removeprefix(start): v for k, v in arrays.items() if k.startswith(start)}

    units = None
    if "current" in arrays:
        violations = tuple(note["violations"])
        units = UnitsReading(arrays["current"], arrays.get("state"), arrays["waveform"], violations)
    time, volts = under("time"), under("volts")
    return PartResult(
        units=units,
        supply_current=under("supply"),
        lines={node: LineVoltage(time[node], volts[node]) for node in volts},
        attempts=tuple(note["attempts"]),
        seconds=float(note["seconds"]),
    )
