"""When a training is beyond hope, and which of its numbers to change."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from hwsim.foundation.errors import InputError
from hwsim.training.batches import Batch
from hwsim.training.recipe import Recipe

if TYPE_CHECKING:
    from hwsim.checkpoints.checkpoint import Checkpoint
    from hwsim.training.fit import Fit

_HOPELESS = 100.0
_WIDE = 20.0
_DECAYED = 1.0
_MODERATE = 0.03


class DivergedError(InputError):
    """A training whose loss ran away.

    Attributes:
        last_good: the network's best state until then, None where it was never any good.
        checkpoint: the best of all seeds until then, None where none was any good.
    """

    last_good: Fit | None = None
    checkpoint: Checkpoint | None = None


def is_hopeless(loss: float, first_loss: float, classes: int) -> bool:
    """Whether a loss is not finite, or a hundred times what it began with and what guessing costs.

    Args:
        loss: of a batch.
        first_loss: that of the first batch.
        classes: number of classes; a guess costs its logarithm.
    """
    return not math.isfinite(loss) or loss > _HOPELESS * max(first_loss, math.log(classes))


def diverged(recipe: Recipe, training: Batch, step: int, loss: float) -> DivergedError:
    """The error of a training whose loss ran away, with the knob to turn.

    Args:
        recipe: its recipe.
        training: what it learned from.
        step: the optimiser step, from 1.
        loss: there.
    """
    how = f"is {loss:.3g}" if math.isfinite(loss) else "is not finite"
    return DivergedError(
        f"the training diverged: the loss {how} at step {step} of seed {recipe.seed}",
        hint=_knob(recipe, training),
    )


def _knob(recipe: Recipe, training: Batch) -> str:
    largest = training.inputs.abs().max().item()
    if recipe.input_clip is None and not largest <= _WIDE:
        return f"set input_clip: an input lies {largest:.3g} standard deviations from its mean"
    decay = recipe.learning_rate * (recipe.weight_decay or 0.0)
    if decay >= _DECAYED:
        return (
            f"lower weight_decay, now {recipe.weight_decay:g}: a step takes {decay:.3g} of a weight"
        )
    lower = min(recipe.learning_rate / 3, _MODERATE)
    return f"lower learning_rate, now {recipe.learning_rate:g}: try {lower:.2g}"
