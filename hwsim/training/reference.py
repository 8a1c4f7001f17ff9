"""Outputs that other code gave for some inputs, and how far a network is from them."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.data.sequences import Sequences
from hwsim.foundation.errors import InputError
from hwsim.training.conversion import checkpoint_network

_LAYOUT = "needs inputs [N, T, C] and outputs [N, K] or [N, T, K]; optional lengths [N]"
_FEW = 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Reference:
    """Inputs, as the code took them before its normalisation, and what it gave for them.

    Args:
        inputs: sequences without labels.
        outputs: logits [N, K], or outputs of every step [N, T, K].
    """

    inputs: Sequences
    outputs: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Comparison:
    """How far a network is from a reference.

    Args:
        largest: the largest difference of an output.
        relative: the same over the largest output of the reference.
        place: where it is, in words.
        sequences: how many were compared.
        beyond: of how many an output differs by more than the tolerance.
        decisions: fraction of the sequences that both decide alike.
    """

    largest: float
    relative: float
    place: str
    sequences: int
    beyond: int
    decisions: float


def read_reference(path: Path) -> Reference:
    """Read a reference from a NumPy archive.

    Raises:
        InputError: missing, damaged, or arrays that are missing or do not fit each other.
    """
    if not path.is_file():
        raise InputError("no such file", where=str(path), hint=_LAYOUT)
    try:
        with np.load(path, allow_pickle=False) as archive:
            arrays = {name: archive[name] for name in archive.files}
    except (ValueError, TypeError, EOFError, OSError, zipfile.BadZipFile, AttributeError):
        raise InputError(
            "is damaged or no .npz of numbers", where=str(path), hint=_LAYOUT
        ) from None
    missing = sorted({"inputs", "outputs"} - set(arrays))
    if missing:
        raise InputError(f"lacks {', '.join(missing)}", where=str(path), hint=_LAYOUT)
    inputs, outputs = arrays["inputs"], arrays["outputs"]
    if inputs.ndim != 3 or outputs.ndim not in (2, 3) or 0 in inputs.shape:
        raise InputError(
            f"inputs are {list(inputs.shape)}, outputs {list(outputs.shape)}",
            where=str(path),
            hint=_LAYOUT,
        )
    if outputs.shape[:-1] != inputs.shape[: outputs.ndim - 1]:
        raise InputError(
            f"outputs {list(outputs.shape)} do not belong to inputs {list(inputs.shape)}",
            where=str(path),
            hint=_LAYOUT,
        )
    if outputs.dtype.kind not in "fiu" or not np.isfinite(outputs).all():
        raise InputError("outputs are not finite numbers", where=str(path))
    lengths = arrays.get("lengths", np.full(len(inputs), inputs.shape[1]))
    try:
        return Reference(Sequences(inputs, lengths, None, ()), outputs.astype(np.float64))
    except InputError as error:
        raise InputError(error.what, where=str(path), hint=error.hint) from None


def compare(checkpoint: Checkpoint, reference: Reference, tolerance: float) -> Comparison:
    """Run the float network on the inputs of a reference.

    Args:
        checkpoint: the network.
        reference: what other code gave.
        tolerance: difference that counts, over the largest output of the reference.

    Raises:
        InputError: other channels or classes.
    """
    header, inputs, expected = checkpoint.header, reference.inputs, reference.outputs
    if inputs.channels != header.channels or expected.shape[-1] != len(header.classes):
        raise InputError(
            f"the reference has {inputs.channels} channels and {expected.shape[-1]} outputs, "
            f"the network {header.channels} and {len(header.classes)}"
        )
    given, logits = _outputs(checkpoint, inputs)
    steps = expected.ndim == 3
    found = given if steps else logits
    differences = np.abs(found - expected)
    differences = differences * inputs.mask[:, :, None] if steps else differences
    scale = float(np.abs(expected).max()) or 1.0
    worst = np.unravel_index(int(differences.argmax()), differences.shape)
    per_sequence = differences.reshape(len(inputs), -1).max(axis=1)
    theirs = _read(expected, inputs, header.readout) if steps else expected
    return Comparison(
        largest=float(differences.max()),
        relative=float(differences.max()) / scale,
        place=_place([int(index) for index in worst], header.classes),
        sequences=len(inputs),
        beyond=int((per_sequence > tolerance * scale).sum()),
        decisions=float((logits.argmax(axis=1) == theirs.argmax(axis=1)).mean()),
    )


def require_agreement(comparison: Comparison, tolerance: float) -> None:
    """Refuse a network that gives other outputs than its reference.

    Raises:
        InputError: with the largest difference and where to look.
    """
    if comparison.relative <= tolerance:
        return
    few = comparison.beyond <= _FEW * comparison.sequences
    raise InputError(
        f"the outputs differ from the reference by up to {comparison.largest:.3g}, "
        f"{comparison.relative:.2g} of its largest output (tolerance {tolerance:g}), at "
        f"{comparison.place}; in {comparison.beyond} of {comparison.sequences} sequences, and "
        f"{comparison.decisions:.1%} of the decisions agree",
        hint=(
            "most sequences agree: a candidate within a rounding error of its threshold can tip "
            "either way; see whether other inputs agree"
            if few
            else "look at transposes, functions of alpha and beta, normalisation and readout"
        ),
    )


def _outputs(
    checkpoint: Checkpoint, inputs: Sequences
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Outputs of every step, and logits."""
    network = checkpoint_network(checkpoint)
    values = checkpoint.header.normalisation.apply(inputs.values) * inputs.mask[:, :, None]
    mask = torch.as_tensor(inputs.mask)
    with torch.no_grad():
        outputs = network.signals(torch.as_tensor(values))[-1]
        return outputs.numpy(), network.read(outputs, mask).numpy()


def _read(outputs: NDArray[np.float64], inputs: Sequences, readout: str) -> NDArray[np.float64]:
    if readout == "last":
        return outputs[np.arange(len(inputs)), inputs.lengths - 1]
    sums: NDArray[np.float64] = (outputs * inputs.mask[:, :, None]).sum(axis=1)
    return sums / inputs.lengths[:, None]


def _place(index: list[int], classes: tuple[str, ...]) -> str:
    step = f", step {index[1]}" if len(index) == 3 else ""
    return f"sequence {index[0]}{step}, class '{classes[index[-1]]}'"
