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
    deviation = samples.std(axis=0)
    scale = np.where(deviation > 0, deviation, 1.0)
    return Normalisation(
        mean=tuple(samples.mean(axis=0).tolist()), scale=tuple(scale.tolist()), clip=clip
    )
