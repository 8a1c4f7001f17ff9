from collections import Counter

import pytest

from hwsim.design.wiring import (
    REFERENCE,
    UNIT_LINE,
    Line,
    LineEnd,
    native_polarity,
    needed_ends,
    parts,
    row_mirrors,
    turned_lines,
)

WEIGHTS = {
    "input.weight": [[1.0, -0.5], [0.0, 2.0]],
    "input.bias": [0.25, -0.5],
    "blocks.0.candidate.weight": [[0.5, -0.25], [0.5, -0.5]],
    "blocks.0.candidate.bias": [0.0, 0.3],
}


@pytest.fixture(scope="module")
def by_hand(network, compiled):
    return compiled(network(tensors=WEIGHTS))


def summed(mirrors):
    return Counter({(m.line.stage, m.line.part, m.line.unit): m.units for m in mirrors})


def test_a_signed_weight_is_two_mirrors_of_opposite_sign(by_hand):
    mirrors = row_mirrors(by_hand, by_hand.stage("hidden"), 0)
    assert summed(mirrors) == {
        ("input", "plus", 0): 7,
        ("input", "minus", 0): -7,
        ("input", "plus", 1): -4,
        ("input", "minus", 1): 4,
        (REFERENCE, "unit", 0): 4,
    }


def test_a_weight_of_zero_is_no_mirror(by_hand):
    mirrors = row_mirrors(by_hand, by_hand.stage("hidden"), 1)
    assert summed(mirrors) == {
        ("input", "plus", 1): 14,
        ("input", "minus", 1): -14,
        (REFERENCE, "unit", 0): -8,
    }


def test_a_rectified_weight_is_one_mirror_and_takes_the_keep_alive_current_out(by_hand):
    cells = by_hand.stage("cells_1")
    assert summed(row_mirrors(by_hand, cells, 0)) == {
        ("hidden", "plus", 0): 15,
        ("hidden", "plus", 1): -8,
        ("hidden", "keep", 0): -7,
    }
    # where the weights add up to zero the keep-alive currents cancel by themselves
    assert summed(row_mirrors(by_hand, cells, 1)) == {
        ("hidden", "plus", 0): 15,
        ("hidden", "plus", 1): -15,
        (REFERENCE, "unit", 0): round(15 / 8 / 0.5 * 0.3 * 16),
    }


def test_the_keep_alive_current_cancels_in_every_candidate(design):
    """With no signal a positive line carries the keep-alive current alone, like its replica."""
    for stage in design.cells:
        for unit in range(stage.size):
            mirrors = row_mirrors(design, stage, unit)
            idle = [m.units for m in mirrors if m.line.stage == "hidden"]
            assert sum(idle) == 0


def test_without_keep_alive_nothing_is_taken_out(network, compiled):
    design = compiled(network())
    stages = [stage.model_copy(update={"keep_alive_units": 0}) for stage in design.stages]
    design = design.model_copy(update={"stages": tuple(stages)})
    lines = {m.line.part for m in row_mirrors(design, design.stage("cells_1"), 0)}
    assert "keep" not in lines


def test_each_mirror_says_what_it_stands_for(by_hand):
    texts = [m.stands_for for m in row_mirrors(by_hand, by_hand.stage("hidden"), 0)]
    assert texts[0] == texts[1] == "weight +1.0000 of input[0]"
    assert texts[-1] == "bias +0.2500"


def test_sources_hang_on_the_p_end_and_sinks_on_the_n_end(design):
    for stage in design.stages:
        for mirror in row_mirrors(design, stage, 0):
            assert mirror.end.polarity == ("p" if mirror.units > 0 else "n")


def test_needed_ends_are_those_of_the_mirrors(design):
    wanted = set()
    for stage in design.stages:
        for unit in range(stage.size):
            for mirror in row_mirrors(design, stage, unit):
                wanted.add((mirror.line, "p" if mirror.units > 0 else "n"))
    assert {(end.line, end.polarity) for end in needed_ends(design)} == wanted


def test_each_needed_end_is_native_or_turned_exactly_once(design):
    needed = needed_ends(design)
    made = Counter()
    for stage in design.stages:
        if stage.kind == "output":
            continue
        for unit in range(stage.size):
            for part in parts(stage):
                made[LineEnd(Line(stage.name, part, unit), native_polarity(stage, part))] += 1
        if stage.keep_alive_units:
            made[LineEnd(Line(stage.name, "keep"), "n")] += 1
        for line in turned_lines(stage, needed):
            other = "p" if native_polarity(stage, line.part) == "n" else "n"
            made[LineEnd(line, other)] += 1
    made[LineEnd(UNIT_LINE, "p")] += 1
    made[LineEnd(UNIT_LINE, "n")] += 1
    assert set(made) >= needed
    assert set(made.values()) == {1}


def test_a_line_that_is_only_drawn_from_at_its_own_end_is_not_turned(by_hand):
    # both weights of unit 0 of the input: +7 (P end of plus) and -7 (N end of minus)
    ends = needed_ends(by_hand)
    plus, minus = Line("input", "plus", 0), Line("input", "minus", 0)
    assert LineEnd(plus, "p") in ends
    assert LineEnd(plus, "n") not in ends
    turned = turned_lines(by_hand.stage("input"), ends)
    assert plus in turned  # its own diode is N, the mirror wants P
    assert minus in turned  # its own diode is P, the mirror wants N
