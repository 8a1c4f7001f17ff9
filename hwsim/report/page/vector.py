"""Figures as vector graphics inside a page: named for those who do not see them, dark or light."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping
from types import MappingProxyType

from matplotlib.figure import Figure

from hwsim.report.figure_style import PALETTE, house_style

_SVG = "http://www.w3.org/2000/svg"
_LINK = "{http://www.w3.org/1999/xlink}href"
_NAMES = {colour: name for name, colour in PALETTE.items()}

_GEOMETRY = ("d", "points", "transform", "x", "y")
_COLOUR = re.compile(r"#[0-9a-fA-F]{6}\b")
_NUMBER = re.compile(r"-?\d+\.\d{3,}")
_REFERENCE = re.compile(r"url\(#([^)]+)\)")
_FONT = re.compile(r"\s*font(-\w+)*:[^;]*(;|$)")
_SIZE = re.compile(r"(\d+(?:\.\d+)?)px")
_BOLD = re.compile(r"font(?:-weight)?:[^;]*\b(?:bold|700)\b")

DARK: Mapping[str, str] = MappingProxyType(
    {
        "ink": "#e8eaed",
        "muted": "#a3abb5",
        "grid": "#363c44",
        "paper": "#1c2026",
        "black": "#f4f5f6",
        "blue": "#4aa8e0",
        "orange": "#f0b429",
        "green": "#2bbd93",
        "vermillion": "#ff8a47",
        "purple": "#e29ac4",
        "sky": "#7cc7f2",
        "yellow": "#efe35c",
    }
)
"""Colours of `PALETTE` on dark paper."""


def inline_svg(figure: Figure, name: str, title: str, description: str) -> str:
    """A figure as an element of a page.

    Colours of the palette become variables of the page's style; text stays text, in the page's
    own font; identifiers begin with `name`, so that no two figures of a page share one.

    Args:
        figure: drawn in the style of the house.
        name: of the figure, one in a page.
        title: what it is.
        description: what it shows.
    """
    buffer = io.BytesIO()
    nothing = dict.fromkeys(("Date", "Creator", "Format", "Type"))
    with house_style():
        figure.savefig(buffer, format="svg", metadata=nothing)
    ET.register_namespace("", _SVG)
    ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = ET.fromstring(buffer.getvalue())  # noqa: S314 - what matplotlib has just written
    for metadata in root.findall(f"{{{_SVG}}}metadata"):
        root.remove(metadata)
    _adapt(root, name)
    _name(root, name, title, description)
    return ET.tostring(root, encoding="unicode")


def _name(root: ET.Element, name: str, title: str, description: str) -> None:
    """Say what a picture is; its parts are not read out one by one."""
    for attribute in ("width", "height", "version"):
        root.attrib.pop(attribute, None)
    root.set("role", "img")
    root.set("id", name)
    root.set("aria-labelledby", f"{name}-title")
    root.set("aria-describedby", f"{name}-description")
    for place, (tag, text) in enumerate((("title", title), ("desc", description))):
        element = ET.Element(f"{{{_SVG}}}{tag}")
        element.set("id", f"{name}-{'title' if tag == 'title' else 'description'}")
        element.text = text
        root.insert(place, element)


def _adapt(root: ET.Element, name: str) -> None:
    """Identifiers, numbers, colours and fonts as the page wants them."""
    used = _referenced(root)
    for element in root.iter():
        identifier = element.attrib.pop("id", None)
        if identifier in used:
            element.set("id", f"{name}-{identifier}")
        for attribute, value in element.attrib.items():
            element.set(attribute, _adapted(attribute, value, name))
        if element.tag == f"{{{_SVG}}}text":
            element.set("style", _own_size(element.get("style", "")))
    for style in root.iter(f"{{{_SVG}}}style"):
        style.text = f"#{name} * {{ stroke-linejoin: round; stroke-linecap: butt }}"


def _adapted(attribute: str, value: str, name: str) -> str:
    """One attribute of an element of the figure of that name."""
    if attribute == _LINK and value.startswith("#"):
        return f"#{name}-{value[1:]}"
    if attribute in _GEOMETRY:
        return _NUMBER.sub(_rounded, value)
    if attribute in ("style", "fill", "stroke"):
        value = _COLOUR.sub(_variable, value)
    return _REFERENCE.sub(lambda found: f"url(#{name}-{found[1]})", value)


def _referenced(root: ET.Element) -> set[str]:
    """Identifiers that something in the figure refers to."""
    found = set()
    for element in root.iter():
        link = element.get(_LINK, "")
        found |= {link[1:]} if link.startswith("#") else set()
        for value in element.attrib.values():
            found |= set(_REFERENCE.findall(value))
    return found


def _rounded(found: re.Match[str]) -> str:
    return f"{float(found[0]):.2f}".rstrip("0").rstrip(".")


def _variable(found: re.Match[str]) -> str:
    """A colour of the palette by its name; others stay."""
    colour = found[0].lower()
    return f"var(--{_NAMES[colour]}, {colour})" if colour in _NAMES else colour


def _own_size(style: str) -> str:
    """A text's style without its font, which is the page's; size and weight stay."""
    size, bold = _SIZE.search(style), _BOLD.search(style)
    weight = "font-weight: 700; " if bold else ""
    return f"font-size: {size[1] if size else 9}px; {weight}{_FONT.sub('', style).strip()}"
