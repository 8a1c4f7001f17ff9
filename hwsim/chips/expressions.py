"""Values of the expressions that sizes are written in: ``{2*w_unit}``, ``0.5u``, ``{units}``."""

from __future__ import annotations

import ast
import math
import operator
import re
from collections.abc import Callable, Mapping
from functools import lru_cache

from hwsim.foundation.errors import InputError

_SUFFIXES: Mapping[str, float] = {
    "t": 1e12,
    "g": 1e9,
    "meg": 1e6,
    "k": 1e3,
    "m": 1e-3,
    "u": 1e-6,
    "n": 1e-9,
    "p": 1e-12,
    "f": 1e-15,
}
_NUMBER = re.compile(
    r"(?<![\w.])((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)(meg|[tgkmunpf])?[a-z]*", re.IGNORECASE
)
_OPERATORS: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Pow: operator.pow,
}
_FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "abs": abs,
    "max": max,
    "min": min,
    "sqrt": math.sqrt,
}


def evaluate(text: str, names: Mapping[str, float]) -> float:
    """The value of a SPICE expression.

    Args:
        text: in lower case, with or without braces or quotes.
        names: parameters that it may use.

    Raises:
        InputError: not an expression of numbers with their suffixes, names, ``+ - * / **``,
            parentheses, and ``abs max min sqrt``; or an unknown name.
    """
    try:
        return _value(_parsed(text), names)
    except (SyntaxError, ArithmeticError, ValueError) as error:
        reason = error.msg if isinstance(error, SyntaxError) else str(error)
        raise InputError(f"'{text}' has no value: {reason}") from None


@lru_cache(maxsize=4096)
def _parsed(text: str) -> ast.expr:
    """The tree of an expression: a network asks for the same few thousands of times."""
    inner = text.strip().strip("{}'\"")
    return ast.parse(_NUMBER.sub(_plain, inner).strip(), mode="eval").body


def _plain(match: re.Match[str]) -> str:
    """A number without its suffix; letters behind the suffix are a unit, as in SPICE."""
    factor = _SUFFIXES.get((match[2] or "").lower())
    return match[1] if factor is None else f"({match[1]}*{factor!r})"


def _value(node: ast.expr, names: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name) if name in names:
            return names[name]
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            return -_value(operand, names)
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _value(operand, names)
        case ast.BinOp(left=left, op=sign, right=right) if type(sign) in _OPERATORS:
            return _OPERATORS[type(sign)](_value(left, names), _value(right, names))
        case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
            return float(_FUNCTIONS[name](*(_value(each, names) for each in arguments)))
        case _:
            raise ValueError(f"'{ast.unparse(node)}' is not known here")
