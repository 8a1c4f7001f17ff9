"""The front end of spoken tasks: mel-frequency cepstral coefficients, by kaldi-native-fbank."""

from __future__ import annotations

from dataclasses import dataclass
from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from hwsim.data.wav import Sound
from hwsim.foundation.errors import InputError

_FULL_SCALE = 32768.0
_LOWEST_FREQUENCY = 20.0


@dataclass(frozen=True, slots=True)
class Mfcc:
    """A front end: Kaldi's MFCC without dither, so that a recording always gives the same numbers.

    Args:
        coefficients: cepstral coefficients a step, the first being the loudness.
        window: sound that a step looks at, s.
        hop: time from step to step, s; what the circuit later takes for a step is its own choice.
        bands: mel bands from 20 Hz to half the rate.

    Raises:
        InputError: a number out of its range.
    """

    coefficients: int = 13
    window: float = 25e-3
    hop: float = 10e-3
    bands: int = 23

    def __post_init__(self) -> None:
        if not 1 <= self.coefficients <= self.bands:
            raise InputError(
                f"{self.coefficients} coefficients of {self.bands} mel bands",
                hint="at least 1, and no more than there are bands",
            )
        if not 0 < self.hop <= self.window:
            raise InputError(
                f"a hop of {self.hop:g} s with a window of {self.window:g} s",
                hint="a hop is positive and no longer than the window",
            )

    def features(self, sound: Sound) -> NDArray[np.float32]:
        """Coefficients of every whole window, float32 [T, coefficients].

        Raises:
            InputError: the recording is shorter than a window, the rate too low for the bands, or
                kaldi-native-fbank is not installed.
        """
        knf = require_kaldi()
        needed = round(self.window * sound.rate)
        if sound.samples.size < needed:
            raise InputError(
                f"lasts {sound.samples.size / sound.rate:.3g} s, a window {self.window:g} s"
            )
        if needed < 2 * self.bands:
            raise InputError(
                f"a window of {self.window:g} s holds {needed} samples at {sound.rate} Hz, "
                f"too few for {self.bands} mel bands"
            )
        options = knf.MfccOptions()
        options.frame_opts.samp_freq = sound.rate
        options.frame_opts.frame_length_ms = 1e3 * self.window
        options.frame_opts.frame_shift_ms = 1e3 * self.hop
        options.frame_opts.dither = 0.0
        options.mel_opts.num_bins = self.bands
        options.mel_opts.low_freq = _LOWEST_FREQUENCY
        options.num_ceps = self.coefficients
        options.use_energy = False
        front_end = knf.OnlineMfcc(options)
        front_end.accept_waveform(sound.rate, (sound.samples * _FULL_SCALE).tolist())
        front_end.input_finished()
        steps = [front_end.get_frame(step) for step in range(front_end.num_frames_ready)]
        return np.asarray(steps, dtype=np.float32)


def require_kaldi() -> ModuleType:
    """The library.

    Raises:
        InputError: it is not installed.
    """
    try:
        import kaldi_native_fbank
    except ImportError:
        raise InputError(
            "kaldi-native-fbank, which computes MFCC, is not installed",
            hint="pip install 'hwsim[audio]'",
        ) from None
    module: ModuleType = kaldi_native_fbank
    return module
