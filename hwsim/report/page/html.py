"""A report as one HTML file that needs nothing beside itself."""

from __future__ import annotations

from collections.abc import Mapping

from jinja2 import Environment, PackageLoader, StrictUndefined

from hwsim.report.figure_style import NARROW, PALETTE, WIDE
from hwsim.report.numbers import interval, share
from hwsim.report.page.model import Page, Picture
from hwsim.report.page.vector import DARK, inline_svg

_FORMS = {"wide": WIDE, "narrow": NARROW}
"""Each picture is drawn for both; the width of the window says which one is shown."""

_STATES = ("ok", "warning", "error")
"""Results of design rules."""

_LIGHT_ONLY = {
    "ground": "#f6f6f3",
    "line": "#e3e4e0",
    "warning": "#a04000",
    "sans": 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", '
    "Arial, sans-serif",
    "mono": 'ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace',
}
_DARK_ONLY = {"ground": "#14171b", "line": "#2d333a", "warning": "#ffab73"}

_LEAST_ACCURACY = 0.5
"""Where the bars of accuracy begin; at zero when an interval begins before."""


def html(page: Page) -> str:
    """Write a page as HTML.

    Args:
        page: any.
    """
    lows = [each.accuracy.low for each in page.accuracies if each.accuracy is not None]
    least = 0.0 if min(lows) < _LEAST_ACCURACY else _LEAST_ACCURACY
    environment = Environment(
        loader=PackageLoader("hwsim.report.page"),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )

    def place(value: float) -> str:
        return f"{100 * (value - least) / (1 - least):.1f}%"

    def rest(value: float) -> str:
        return f"{100 * (1 - value) / (1 - least):.1f}%"

    environment.filters |= {"share": share, "interval": interval, "place": place, "rest": rest}
    return environment.get_template("page.html.j2").render(
        page=page,
        least=least,
        style=_style(environment),
        forms=_FORMS,
        drawn=_drawn,
        states=_STATES,
    )


def _drawn(picture: Picture, form: str) -> str:
    """A picture for one width, serialised from a tree, so that text in it is escaped."""
    figure = picture.draw(_FORMS[form])
    name = f"{picture.name}-{form}"
    return inline_svg(figure, name, picture.title, picture.description)


def _style(environment: Environment) -> str:
    """The style sheet with its colours."""
    rules = environment.get_template("page.css").render()
    light = _variables({**PALETTE, **_LIGHT_ONLY})
    dark = _variables({**DARK, **_DARK_ONLY})
    return (
        f":root {{ color-scheme: light dark; {light} }}\n"
        f"@media screen and (prefers-color-scheme: dark) {{ :root {{ {dark} }} }}\n{rules}"
    )


def _variables(values: Mapping[str, str]) -> str:
    return " ".join(f"--{name}: {value};" for name, value in values.items())
