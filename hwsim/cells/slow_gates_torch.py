"""Where the gates of a gated unit begin, so that it can remember long enough to learn to."""

from __future__ import annotations

import torch
from torch import Tensor


def slow_gates(units: int, memory: float) -> Tensor:
    """Biases that hold a state for 1 to `memory` steps, a different time for each unit.

    log(T) with T drawn evenly from 1 to memory - 1: the chrono initialisation of C. Tallec and
    Y. Ollivier, "Can recurrent neural networks warp time?" (arXiv 1804.11188).

    Args:
        units: how many.
        memory: longest time constant, steps; at most 2 gives biases of 0.

    Returns:
        [units]; the sigmoid of it is the share of a state that is kept from step to step.
    """
    return torch.log(1 + torch.rand(units) * max(memory - 2, 0.0))
