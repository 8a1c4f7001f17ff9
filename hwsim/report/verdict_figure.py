"""The verdict on two templates in a network, as one picture."""

from __future__ import annotations

import io

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter
from matplotlib.transforms import Bbox

from hwsim.engines.trace import Floats
from hwsim.report.verdict_tables import COLUMNS, verdict_row
from hwsim.studies.network_verdict import NetworkVerdict
from hwsim.studies.paired_bootstrap import LEVEL

# Okabe and Ito: told apart by readers with any colour vision, and one is hatched.
_COLOURS = ("#0072B2", "#D55E00")
_HATCHES = ("", "////")
_LINES = ("-", "--")
_BINS = 24

_PREFIXES = {0: "W", -3: "mW", -6: "µW", -9: "nW", -12: "pW"}


def verdict_picture(verdict: NetworkVerdict) -> bytes:
    """Draw a verdict: two distributions of accuracy, two of power, and the figures.

    Returns:
        A picture as PNG.
    """
    figure = Figure(figsize=(11.0, 7.4), layout="constrained")
    FigureCanvasAgg(figure)
    grid = figure.add_gridspec(2, 2, height_ratios=(1.0, 0.95))
    _draw_accuracy(figure.add_subplot(grid[0, 0]), verdict)
    _draw_power(figure.add_subplot(grid[0, 1]), verdict)
    _draw_lines(figure.add_subplot(grid[1, :]), verdict)
    figure.suptitle(
        f"{verdict.first.template} and {verdict.second.template} in {verdict.network} "
        f"({verdict.technology}): the same {verdict.chips} chips, {verdict.samples} samples each"
    )
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=130, metadata={"Software": None})
    return buffer.getvalue()


def _draw_accuracy(axes: Axes, verdict: NetworkVerdict) -> None:
    both = verdict.first.accuracy, verdict.second.accuracy
    _histograms(axes, verdict, both, _sample_edges(both, verdict.samples))
    axes.axvline(
        verdict.bar, color="black", linestyle=":", linewidth=1.5, label="good chip from here"
    )
    axes.xaxis.set_major_formatter(PercentFormatter(1.0))
    axes.set_xlabel("accuracy")
    axes.legend(fontsize="small", loc="upper left")


def _draw_power(axes: Axes, verdict: NetworkVerdict) -> None:
    both = verdict.first.power, verdict.second.power
    exponent = _exponent(float(np.median(both[0])))
    scaled = both[0] * 10.0**-exponent, both[1] * 10.0**-exponent
    everything = np.concatenate(scaled)
    low, high = float(everything.min()), float(everything.max())
    room = 0.01 * abs(high) if high == low else 0.0
    _histograms(axes, verdict, scaled, np.linspace(low - room, high + room, _BINS + 1))
    axes.set_xlabel(f"supply power ({_PREFIXES[exponent]})")
    axes.legend(fontsize="small")


def _histograms(
    axes: Axes, verdict: NetworkVerdict, both: tuple[Floats, Floats], edges: Floats
) -> None:
    """Two distributions over the same bins, each with its median."""
    names = verdict.first.template, verdict.second.template
    bins = edges.tolist()
    for name, values, colour, hatch, line in zip(
        names, both, _COLOURS, _HATCHES, _LINES, strict=True
    ):
        axes.hist(values, bins, color=colour, alpha=0.25, hatch=hatch, edgecolor=colour)
        axes.hist(values, bins, histtype="step", color=colour, linewidth=1.6, linestyle=line)
        middle = float(np.median(values))
        axes.axvline(middle, color=colour, linestyle=line, label=f"{name}, median")
    axes.set_ylabel("chips")
    axes.yaxis.set_major_locator(MaxNLocator(integer=True))
    axes.grid(alpha=0.3)


def _sample_edges(both: tuple[Floats, Floats], samples: int) -> Floats:
    """Bins of equal numbers of samples, with edges between possible accuracies."""
    counts = np.rint(np.concatenate(both) * samples)
    low, high = int(counts.min()), int(counts.max())
    width = max(1, -(-(high - low + 1) // _BINS))
    bins = -(-(high - low + 1) // width)
    return np.asarray((low - 0.5 + width * np.arange(bins + 1)) / samples)


def _draw_lines(axes: Axes, verdict: NetworkVerdict) -> None:
    """The figures as a table, those beyond noise in bold."""
    axes.axis("off")
    head = ("", verdict.first.template, verdict.second.template, *COLUMNS)
    table = axes.table(
        cellText=[list(verdict_row(line)) for line in verdict.lines],
        colLabels=list(head),
        colWidths=[0.26, 0.18, 0.18, 0.10, 0.18, 0.12],
        cellLoc="right",
        bbox=Bbox.from_bounds(0.0, 0.06, 1.0, 0.94),
    )
    table.auto_set_font_size(False)
    table.set_fontsize(9)
    for (row, column), cell in table.get_celld().items():
        cell.set_edgecolor("#BBBBBB")
        if column == 0:
            cell.set_text_props(ha="left")
        if row == 0 or verdict.lines[row - 1].differs:
            cell.set_text_props(weight="bold")
    axes.text(
        0.0,
        0.0,
        f"* beyond noise: the {1 - LEVEL:.0%} interval of a paired bootstrap over the chips leaves "
        "out no change; areas and counts are exact",
        fontsize="small",
        transform=axes.transAxes,
    )


def _exponent(watts: float) -> int:
    """Power of ten of the unit in which a power has one to three digits before its point."""
    thousands = int(np.floor(np.log10(watts) / 3)) if watts > 0 else 0
    return min(max(3 * thousands, min(_PREFIXES)), max(_PREFIXES))
