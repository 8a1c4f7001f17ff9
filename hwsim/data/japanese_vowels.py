"""JapaneseVowels: nine speakers told apart by their vowels.

M. Kudo, J. Toyama, M. Shimbo, "Multidimensional curve classification using passing-through
regions", Pattern Recognition Letters 20 (1999); UCI Machine Learning Repository, CC BY 4.0.
`japanese_vowels.md` beside this file has the source and the licence in full.
"""

from __future__ import annotations

from pathlib import Path

from hwsim.data.npz import load_npz
from hwsim.data.sequences import Splits

_ARCHIVE = Path(__file__).with_name("japanese_vowels.npz")


def load_japanese_vowels() -> Splits:
    """The recordings as published, not normalised, in their published order.

    Returns:
        270 training and 370 test utterances of 7 to 29 steps, 12 cepstral coefficients a step
        (dimensionless), one of nine speakers.
    """
    return load_npz(_ARCHIVE)
