"""Sizes as templates write them."""

import pytest

from hwsim.chips.expressions import evaluate
from hwsim.foundation.errors import InputError

NAMES = {"w_unit": 1e-6, "units": 4.0, "k1": 2.0}


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.5u", 0.5e-6),
        ("1um", 1e-6),
        ("10meg", 1e7),
        ("3m", 3e-3),
        ("1e-6", 1e-6),
        ("1.5e3k", 1.5e6),
        ("{units}", 4.0),
        ("'2*w_unit'", 2e-6),
        ("{2*w_unit + 1u}", 3e-6),
        ("{-k1**2 + (units-1)/2}", -2.5),
        ("{max(units, 5)}", 5.0),
        ("{sqrt(units)*k1}", 4.0),
    ],
)
def test_values(text, value):
    assert evaluate(text, NAMES) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize(
    "text",
    [
        "{length}",
        "{units/0}",
        "{units*}",
        "{__import__('os')}",
        "{units.real}",
        "{(1).real}",
        "{units if units else 1}",
        "",
    ],
)
def test_what_has_no_value_is_refused(text):
    with pytest.raises(InputError, match="has no value"):
        evaluate(text, NAMES)
