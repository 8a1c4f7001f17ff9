"""Exponential and logarithm that compile into vector instructions.

A compiler cannot put a call of the mathematical library into vector code, and most of the time of
the behavioural engine would be such calls. These are plain arithmetic without branches: powers of
two are moved through the bits of the exponent, and what is left is small enough for a series (W. J.
Cody, W. Waite, Software Manual for the Elementary Functions, 1980). They are right within two units
in the last place.
"""

from __future__ import annotations

import math

import numpy as np

from hwsim.engines.compiled import inlined

LEAST_EXPONENT = -700.0
"""Any exponent below is as good as this one: its power is nothing beside 1."""

_LOG2_E = math.log2(math.e)
# The logarithm of 2 in two parts. The first ends in zeros, so that its multiples are exact.
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_UNIT = 2.0**52
"""Numbers from here on are integers, and their last bits are those of the integer."""

_UNIT_BITS = np.float64(_UNIT).view(np.uint64)
_ROUND = 1.5 * _UNIT
"""A small number plus this is rounded to an integer."""

_MANTISSA = np.uint64(52)
_BIAS = 1023
_TO_ONE = np.uint64(_BIAS << 52)
_TO_EXPONENT = _TO_ONE - np.float64(math.sqrt(0.5)).view(np.uint64)
"""Of mantissas from the root of 1/2 to the root of 2."""

_E2, _E3, _E4, _E5, _E6, _E7 = (1.0 / math.factorial(n) for n in range(2, 8))
_E8, _E9, _E10, _E11, _E12, _E13 = (1.0 / math.factorial(n) for n in range(8, 14))
_L3, _L5, _L7, _L9, _L11 = (2.0 / n for n in range(3, 13, 2))
_L13, _L15, _L17, _L19, _L21 = (2.0 / n for n in range(13, 23, 2))


@inlined
def exponential_less_one(x: float) -> float:
    """``exp(x) - 1``, also where it is much smaller than 1, up to ``x = 700``."""
    x = max(x, LEAST_EXPONENT)
    shifted = np.float64(x * _LOG2_E + _ROUND)
    power = shifted - _ROUND
    scale = np.uint64((shifted.view(np.uint64) << _MANTISSA) + _TO_ONE).view(np.float64)
    r = (x - power * _LN2_HIGH) - power * _LN2_LOW
    p = _E10 + r * (_E11 + r * (_E12 + r * _E13))
    p = _E6 + r * (_E7 + r * (_E8 + r * (_E9 + r * p)))
    p = _E2 + r * (_E3 + r * (_E4 + r * (_E5 + r * p)))
    small = r + r * (r * p)
    return float((scale - 1.0) + scale * small)


@inlined
def logarithm(x: float) -> float:
    """``ln(x)`` of a positive number that is neither subnormal nor infinite."""
    bits = np.float64(x).view(np.uint64)
    # Vector units know no signed shift of 64 bits and no float of such an integer: the exponent is
    # kept positive, and becomes the last bits of 2^52.
    biased = np.uint64(bits + _TO_EXPONENT) >> _MANTISSA
    power = np.uint64(biased | _UNIT_BITS).view(np.float64) - (_UNIT + _BIAS)
    mantissa = np.uint64(bits + _TO_ONE - (biased << _MANTISSA)).view(np.float64)
    # ln m = 2 artanh f for a mantissa m from sqrt(1/2) to sqrt(2)
    f = (mantissa - 1.0) / (mantissa + 1.0)
    q = f * f
    p = _L15 + q * (_L17 + q * (_L19 + q * _L21))
    p = _L3 + q * (_L5 + q * (_L7 + q * (_L9 + q * (_L11 + q * (_L13 + q * p)))))
    return float(power * _LN2_HIGH + (2.0 * f + (f * (q * p) + power * _LN2_LOW)))
