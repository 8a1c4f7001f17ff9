"""Options about what a training knows of the hardware."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from hwsim.training.hardware import Hardware

Choices = Mapping[str, Any]

_OPTIONS = {
    "technology": click.option(
        "--hardware",
        "technology",
        metavar="EXPORT-OR-TECHNOLOGY",
        help="Learn from chips of this export folder's kind, or of a technology.",
    ),
    "mismatch_scale": click.option(
        "--mismatch-scale", type=float, help="Factor on the technology's mismatch.  [default: 1]"
    ),
    "mismatch": click.option(
        "--mismatch", type=float, help="Learn from chips with every parameter off by this fraction."
    ),
    "noise": click.option(
        "--noise", type=float, help="Noise of candidates in training, over their rms."
    ),
    "clearance": click.option(
        "--clearance", type=float, help="Candidates nearer to a threshold, over their rms, cost."
    ),
    "clearance_weight": click.option(
        "--clearance-weight", type=float, help="Of that cost.  [default: 1]"
    ),
    "bits": click.option("--bits", type=int, help="Train with weights of so many bits, 2 to 8."),
    "chips": click.option("--chips", type=int, help="Chips drawn a step.  [default: 8]"),
}


def hardware_options(command: Callable[..., None]) -> Callable[..., None]:
    """Every option about the hardware; the given ones go to the command as ``hardware``."""

    @functools.wraps(command)
    def collected(*args: object, **others: object) -> None:
        given = {name: others.pop(name) for name in _OPTIONS}
        chosen = {name: value for name, value in given.items() if value is not None}
        command(*args, hardware=chosen, **others)

    for option in reversed(_OPTIONS.values()):
        collected = option(collected)
    return collected


def chosen_hardware(file: Choices | None, given: Choices) -> Hardware | None:
    """The hardware of a file and of the command line, which overrides it; None where neither is.

    Raises:
        InputError: a folder that is no export, or a number out of its range.
    """
    if file is None and not given:
        return None
    from hwsim.training.hardware import Hardware, of_place

    chosen = dict(file or {})
    for choices in (file or {}, given):
        if "technology" in choices:
            chosen |= of_place(choices["technology"])
        chosen |= {name: value for name, value in choices.items() if name != "technology"}
    return Hardware(**chosen)
