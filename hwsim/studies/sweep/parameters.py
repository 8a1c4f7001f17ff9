"""What a sweep can vary: names, units, and between which values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal, TypeAlias

from hwsim.circuits.technology import Range, Technology
from hwsim.foundation.errors import InputError
from hwsim.foundation.quantities import format_quantity, parse_quantity

Value: TypeAlias = float | int | str

LARGEST_MISMATCH = 10.0
"""Beyond ten times a technology's constants the sensitivities of a datasheet say nothing."""

LARGEST_NOISE = 1000.0
"""Of either kind: the signal itself is a few unit currents, a datasheet's noise far below one."""

BITS = Range(least=2, most=8)
"""Bits of a weight that can be laid out."""

LEVELS_HALF = Range(least=0, most=64)
"""Levels of a ladder on each side of zero; 0 stands for cells without a ladder."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One quantity that differs between the points of a sweep.

    Attributes:
        name: on the command line; with underscores it is the field of a `Point`.
        title: in words, for axes and tables.
        kind: a real number, a whole one, or a word.
        unit: SI or ``C``; empty for ratios, counts and words.
    """

    name: str
    title: str
    kind: Literal["number", "count", "word"] = "number"
    unit: str = ""

    @property
    def field(self) -> str:
        """Its attribute of a `Point` and its column in the results."""
        return self.name.replace("-", "_")

    def read(self, text: str) -> Value:
        """Read one value as it is written on the command line.

        Raises:
            InputError: not a finite number, another unit, or not a whole number of a count.
        """
        word = text.strip()
        if self.kind == "word":
            if not word:
                raise InputError("an empty word", where=self.name)
            return word
        try:
            number = parse_quantity(word, self.unit)
        except InputError as error:
            hint = f"write a number in {self.unit}" if self.unit else "write a number"
            raise InputError(error.what, where=self.name, hint=hint) from None
        return self.rounded(number)

    def rounded(self, number: float) -> Value:
        """A number as it is stored: twelve digits, so that a grid has 0.3 and not 0.30000000000004.

        Raises:
            InputError: a broken number of a count.
        """
        if self.kind == "count":
            if number != int(number):
                raise InputError(f"{number:g} is not a whole number", where=self.name)
            return int(number)
        return float(f"{number:.12g}")

    def shown(self, value: Value) -> str:
        """A value as a person reads it."""
        if isinstance(value, str):
            return value
        if self.unit in ("", "C"):
            return f"{value:g} {self.unit}".rstrip()
        return format_quantity(value, self.unit)


PARAMETERS: Mapping[str, Parameter] = MappingProxyType(
    {
        parameter.name: parameter
        for parameter in (
            Parameter("mismatch", "mismatch, times the technology's"),
            Parameter("noise", "step noise, times the datasheet's"),
            Parameter("input-noise", "input noise, rms in unit currents"),
            Parameter("temperature", "temperature", unit="C"),
            Parameter("vdd", "supply voltage", unit="V"),
            Parameter("corner", "process corner", kind="word"),
            Parameter("bits", "bits of a weight", kind="count"),
            Parameter("unit-current", "unit current", unit="A"),
            Parameter("step", "time step", unit="s"),
            Parameter("levels-half", "levels on each side of zero", kind="count"),
            Parameter("template", "template", kind="word"),
        )
    }
)
"""Every parameter, in the order of the columns of the results."""


def find_parameter(name: str) -> Parameter:
    """The parameter of that name.

    Raises:
        InputError: there is none.
    """
    try:
        return PARAMETERS[name]
    except KeyError:
        raise InputError(
            f"a sweep cannot vary '{name}'", hint=f"it can vary {', '.join(PARAMETERS)}"
        ) from None


def ranges(technology: Technology) -> Mapping[str, Range]:
    """Smallest and largest value of each number, by name, in the unit of the parameter."""
    return {
        "mismatch": Range(least=0, most=LARGEST_MISMATCH),
        "noise": Range(least=0, most=LARGEST_NOISE),
        "input-noise": Range(least=0, most=LARGEST_NOISE),
        "temperature": technology.temperature,
        "vdd": technology.supply_voltage,
        "bits": BITS,
        "levels-half": LEVELS_HALF,
        "unit-current": technology.unit_current,
        "step": technology.step_time,
    }
