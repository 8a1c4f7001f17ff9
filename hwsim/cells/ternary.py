"""The comparison every signed cell begins with: is the candidate beyond a threshold?"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray


def ternary_steps(
    candidates: ArrayLike, threshold_up: ArrayLike, threshold_down: ArrayLike | None = None
) -> NDArray[np.int64]:
    """The ternary step q = [c > up] - [c < -down], element by element.

    Args:
        candidates: candidates c, any shape.
        threshold_up: positive trip point, in the candidates' unit, broadcast against them.
        threshold_down: magnitude of the negative trip point; `threshold_up` when not given.

    Returns:
        -1, 0 or +1, int64; 0 exactly on a trip point.
    """
    c = np.asarray(candidates, dtype=np.float64)
    down = threshold_up if threshold_down is None else threshold_down
    return (c > np.asarray(threshold_up)).astype(np.int64) - (c < -np.asarray(down))
