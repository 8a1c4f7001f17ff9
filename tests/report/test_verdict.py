"""A verdict as a table and as a picture."""

import io

import numpy as np
import pytest
from matplotlib import image
from rich.console import Console

from hwsim.report.verdict_figure import verdict_picture
from hwsim.report.verdict_tables import verdict_row, verdict_table
from hwsim.studies.network_verdict import NetworkVerdict
from hwsim.studies.template_swap import Census
from hwsim.studies.verdict_lines import ChipFigures, Line

CENSUS = Census(6.5e-9, 72, 5.4e-8, 1260)
rng = np.random.default_rng(1)


def figures(name, accuracy, power):
    return ChipFigures(name, 0.96, accuracy, accuracy, power, power * 0.08, CENSUS)


def verdict(first, second, lines=()):
    return NetworkVerdict(
        network="toy",
        kind="fq_bmru",
        technology="generic180",
        first=first,
        second=second,
        seed=1,
        samples=100,
        needed=95,
        lines=lines,
    )


LINES = (
    Line("accuracy, median chip", "share", 0.95, 0.94, "bootstrap", -0.02, -0.005, True),
    Line("yield", "share", 0.5, 0.5, "bootstrap", 0.0, 0.0, False, (0.4, 0.6), (0.41, 0.6)),
    Line("supply power, median chip", "W", 1.226e-7, 1.229e-7, "bootstrap", -1e-10, 4e-10),
    Line("gate area, chip", "m2", 5.4224e-8, 5.4236e-8, "exact", differs=True),
    Line("transistors, chip", "", 1260, 1261, "exact", differs=True),
)


@pytest.mark.parametrize(
    ("line", "row"),
    [
        (0, ("95.00%", "94.00%", "-1.00 pt", "-2.00 pt to -0.50 pt", "*")),
        (1, ("50.00% (40%-60%)", "50.00% (41%-60%)", "+0.00 pt", "+0.00 pt to +0.00 pt", "")),
        (2, ("122.6 nW", "122.9 nW", "+0.24%", "-0.08% to +0.33%", "")),
        (3, ("54224 um2", "54236 um2", "+0.02%", "", "*")),
        (4, ("1260", "1261", "+0.08%", "", "*")),
    ],
)
def test_a_line_in_words(line, row):
    assert verdict_row(LINES[line])[1:] == row


def test_the_table_names_both_and_says_how_much_was_run():
    spread = rng.integers(88, 98, 50) / 100
    console = Console(file=io.StringIO(), width=160)
    power = np.full(50, 1.2e-7)
    found = verdict(figures("one", spread, power), figures("two", spread, power), LINES)
    console.print(verdict_table(found))
    printed = console.file.getvalue()
    assert "toy on generic180: the same 50 chips, 100 samples each" in printed
    assert "one" in printed
    assert "two" in printed


@pytest.mark.parametrize("spread", [0.0, 0.02])
@pytest.mark.parametrize("power", [1.2e-7, 3e-12, 2.0])
def test_any_verdict_is_one_picture(spread, power):
    chips = [
        figures(
            name,
            np.rint(100 * np.clip(rng.normal(0.9, spread, 40), 0, 1)) / 100,
            power * (1 + spread * rng.normal(0, 1, 40)),
        )
        for name in ("one", "two")
    ]
    picture = verdict_picture(verdict(*chips, LINES))
    pixels = image.imread(io.BytesIO(picture))
    assert 0.005 < np.mean(pixels[..., 0] < 0.5) < 0.8
    assert verdict_picture(verdict(*chips, LINES)) == picture
