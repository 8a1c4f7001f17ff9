"""Figures as files of vectors: the same bytes for the same figure."""

from __future__ import annotations

import io

from matplotlib.figure import Figure

from hwsim.report.figure_style import house_style


def svg_bytes(figure: Figure) -> bytes:
    """A figure on white as SVG; its text stays text."""
    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="svg", facecolor="white", metadata={"Date": None})
    return buffer.getvalue()
