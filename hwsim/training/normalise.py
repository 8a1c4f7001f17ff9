"""Fitting the normalisation that a network's inputs pass."""

from __future__ import annotations

import numpy as np

from hwsim.checkpoints.header import Normalisation
from hwsim.data.sequences import Sequences


def fit_normalisation(data: Sequences, clip: float | None) -> Normalisation:
    """Mean and standard deviation of every channel over the valid steps of all sequences.

    A channel that never changes is centred and left at its scale.
    """
    samples = data.values[data.mask]
    # The deviation of a constant may be a rounding error instead of zero.
    varies = np.ptp(samples, axis=0) > 0
    scale = np.where(varies, samples.std(axis=0), 1.0)
    return Normalisation(
        mean=tuple(samples.mean(axis=0).tolist()), scale=tuple(scale.tolist()), clip=clip
    )
