"""Traces as ``.npz`` files, for whoever wants to look further."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hwsim.engines.trace import Trace
from hwsim.foundation.files import write_bytes


def save_trace(path: Path, trace: Trace) -> None:
    """Write a trace.

    Arrays: ``lengths`` [sequence]; ``step`` s; ``current/STAGE`` A [sequence, step, unit];
    ``state/STAGE`` [sequence, step, unit]; ``supply/PART`` A [sequence, step].

    Raises:
        InputError: the file cannot be written.
    """
    arrays: dict[str, NDArray[Any]] = {"lengths": trace.lengths, "step": np.array(trace.step)}
    for name, stage in trace.stages.items():
        arrays[f"current/{name}"] = stage.current
        if stage.state is not None:
            arrays[f"state/{name}"] = stage.state
    for part, current in trace.supply_current.items():
        arrays[f"supply/{part}"] = current
    buffer = io.BytesIO()
    np.savez_compressed(buffer, allow_pickle=False, **arrays)
    write_bytes(path, buffer.getvalue())
