"""Each notebook runs as it is stored, leaves nothing behind, and its figures show what they are of.

Numbers are held where the reader is told what to see in them: engines agree, an edit buys what it
was made for, a cheaper design is found.
"""

import re

import pytest

PARTS = ("reference", "input", "hidden", "cells_1", "sum_1", "logits")


def numbers(pattern, text):
    found = re.search(pattern, text)
    assert found, f"no {pattern} in:\n{text}"
    return [float(each) for each in found.groups()]


def require_words(words, *wanted):
    assert [each for each in wanted if each not in words] == []


def require_picture(pixels):
    """Wide enough to read, neither empty nor full, and in more than one colour."""
    assert pixels.shape[1] > 1000
    ink = (pixels < 250).any(axis=2)
    assert 0.02 < ink.mean() < 0.6
    coloured = pixels.max(axis=2).astype(int) - pixels.min(axis=2) > 60
    assert coloured.mean() > 0.001


@pytest.mark.spice
def test_the_chain(shown):
    notebook = shown("chain")
    assert notebook.figures() == {"agreement", "recording", "power", "energy"}
    require_words(notebook.text("export"), "1260 transistors in generic180", "switching time: ok")
    require_words(notebook.text("netlist"), "network.spice", ".subckt fq_bmru_9t", "Xfb_mirror")
    share, judged = numbers(r"(\d+\.\d+)% of (\d+) single steps", notebook.text("single-steps"))
    assert share > 95
    assert judged >= 50
    words, _ = notebook.drawing("agreement")
    require_words(words, "ideal", "behavioural", "ngspice", "of 40", "1 of 1", "decided class")
    words, points = notebook.drawing("recording")
    require_words(words, "thresholds", "candidate (nA)", "ngspice", "time (ms)", "Its state")
    assert points > 80  # ngspice on its own time; a staircase of nine steps has 18
    words, _ = notebook.drawing("power")
    require_words(words, *PARTS, "supply power (nW)", "sum, behavioural")
    words, _ = notebook.drawing("energy")
    require_words(words, *PARTS, "behavioural", "ngspice", "energy of an inference (nJ)")


@pytest.mark.spice
def test_the_designers_iteration(shown):
    notebook = shown("designer")
    assert notebook.figures() == {"datasheet", "after", "verdict"}
    for cell in ("datasheet", "after", "verdict"):
        require_picture(notebook.pixels(cell))
    (share,) = numbers(r"'xinput': (0\.\d+)", notebook.text("shares"))
    assert share > 0.9
    for cell in ("check", "static", "yield"):
        require_words(notebook.text(cell), "generic180: passes")
    (change,) = numbers(
        r"spread of threshold_high .* ([-+]\d+\.\d)% +│ \*", notebook.text("compare")
    )
    assert change == pytest.approx(-50, abs=5)  # four times the area of the transistor it is of
    failing = [
        numbers(r"(\d+) chips fail threshold_high", notebook.text(cell))[0]
        for cell in ("check", "yield")
    ]
    assert failing[1] < 0.6 * failing[0]
    judged = notebook.text("judge")
    require_words(judged, "the same 20 chips, 100 samples each", "states as ideal", "gate area")
    before, after = numbers(r"5th percentile +│ (\d+\.\d+)% +│ (\d+\.\d+)%", judged)
    assert min(before, after) > 80


def test_robustness_and_power(shown):
    notebook = shown("robustness_and_power")
    graphs = {"mismatch", "histogram", "power", "energy", "groups", "pareto"}
    assert notebook.figures() == graphs
    drawn = {name: notebook.drawing(name)[0] for name in graphs}
    chips = notebook.text("chips")
    require_words(chips, "of 20 chips", "of 5 chips", "yield %")
    median, low, high = numbers(r"│ 1 +│ (\d+\.\d) \((\d+\.\d)-(\d+\.\d)\)", chips)
    assert 85 < low <= median <= high
    require_words(
        drawn["mismatch"], "median chip", "5th to 95th percentile", "good chip", "accuracy"
    )
    require_words(drawn["histogram"], "supply power (nW)", "median chip", "chips")
    require_words(drawn["power"], *PARTS, "time (ms)")
    require_words(drawn["energy"], *PARTS, "energy of an inference (nJ)")
    require_words(drawn["groups"], *PARTS, "mirrors", "bias", "leakage", "comparators")
    require_words(notebook.text("yardstick"), "this chip", "microcontroller", "[M. Horowitz")
    require_words(drawn["pareto"], "export", "chosen", "too slow", "least 5th percentile allowed")
    found = notebook.text("pareto-table")
    (ratio,) = numbers(r"an inference, (0\.\d+) times the", found)
    assert ratio <= 0.5
    points, refused = numbers(r"(\d+) points, (\d+) of them not run", found)
    assert (points, refused) == (12, 6)
