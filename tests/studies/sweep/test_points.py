"""What `--vary` says, and the points that follow from it."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.circuits.technology import load_technology
from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.parameters import PARAMETERS
from hwsim.studies.sweep.point import Point, nominal_point
from hwsim.studies.sweep.points import points_of
from hwsim.studies.sweep.variation import Span, Values, parse_variation

NOMINAL = Point(1.0, 1.0, 0.0, 27.0, 1.2, "tt", 5, 1e-9, 5e-3, 3, "cmru_ladder")


def values(text):
    variation = parse_variation(text)
    assert isinstance(variation, Values)
    return variation.values


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mismatch=0:2:9", (0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2)),
        ("mismatch=0:0.3:4", (0, 0.1, 0.2, 0.3)),
        ("temperature=0,27C, 85", (0, 27, 85)),
        ("temperature=-40C:85C:2", (-40, 85)),
        ("temperature=85:0:3", (85, 42.5, 0)),
        ("vdd=1.1V,1300mV", (1.1, 1.3)),
        ("unit-current=0.5nA:8nA:5:log", (5e-10, 1e-9, 2e-9, 4e-9, 8e-9)),
        ("step=1ms,10ms", (1e-3, 1e-2)),
        ("corner=tt,ss", ("tt", "ss")),
        ("bits=3,5", (3, 5)),
        ("bits=3:6:4", (3, 4, 5, 6)),
        ("noise=2", (2,)),
        ("input-noise=0,0.1", (0, 0.1)),
    ],
)
def test_lists_and_grids(text, expected):
    assert values(text) == expected
    assert [type(value) for value in values("bits=3:6:4")] == [int] * 4


def test_a_span_has_no_values_yet():
    assert parse_variation("vdd=1.0V:1.4V") == Span(PARAMETERS["vdd"], 1.0, 1.4)
    spaced = parse_variation("unit-current=0.1nA:10nA:log")
    assert spaced.at([0, 0.5, 1]) == (1e-10, 1e-9, 1e-8)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("mismatch", "'mismatch' says no values"),
        ("width=1", "a sweep cannot vary 'width' .it can vary mismatch, noise"),
        ("mismatch=", "mismatch: '' is not a quantity"),
        ("mismatch=a", "mismatch: 'a' is not a quantity"),
        ("mismatch=nan", "mismatch: 'nan' is not a finite number"),
        ("mismatch=0,inf", "mismatch: 'inf' is not a finite number"),
        ("mismatch=1V", "mismatch: '1V' is in 'V'"),
        ("vdd=1A", "vdd: '1A' is in 'A', expected 'V'"),
        ("mismatch=0:2:", "mismatch: '' is no number of values"),
        ("mismatch=0:2:1", "mismatch: '1' is no number of values"),
        ("mismatch=0:2:2.5", "mismatch: '2.5' is no number of values"),
        ("mismatch=0:2:-3", "mismatch: '-3' is no number of values"),
        ("mismatch=0:2:3:4", "mismatch: '0:2:3:4' is no grid"),
        ("mismatch=0:log", "mismatch: '0:log' is no grid"),
        ("mismatch=0:", "mismatch: '0:' is no grid"),
        ("mismatch=:log", "mismatch: ':log' is no grid"),
        ("mismatch=log:", "mismatch: 'log:' is no grid"),
        ("mismatch=0:2:3:log", "mismatch: ratios need values above zero"),
        ("mismatch=1:1:3", "mismatch: '1:1' starts where it stops"),
        ("temperature=27,27", "temperature: 27 C is there twice"),
        ("corner=tt,,ss", "corner: an empty word"),
        ("corner=tt:ss:2", "corner: 'tt:ss:2' is no list of words"),
        ("bits=3.5", "bits: 3.5 is not a whole number"),
        ("bits=3:6:3", "bits: 4.5 is not a whole number"),
        ("bits=3:6", "bits: '3:6' is no list of whole numbers"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(text, complaint):
    with pytest.raises(InputError, match=complaint):
        parse_variation(text)


@given(st.sampled_from(sorted(PARAMETERS)), st.text(max_size=20))
def test_any_words_are_read_or_refused(name, words):
    try:
        variation = parse_variation(f"{name}={words}")
    except InputError as error:
        assert "\n" not in str(error.hint)
    else:
        assert variation.parameter.name == name


def test_every_field_of_a_point_can_be_varied():
    assert [parameter.field for parameter in PARAMETERS.values()] == list(NOMINAL.values())


def test_points_are_every_combination_the_first_slowest():
    variations = [parse_variation("mismatch=0,1"), parse_variation("corner=tt,ss,ff")]
    points = points_of(variations, NOMINAL)
    expected = list(itertools.product((0, 1), ("tt", "ss", "ff")))
    assert [(point.mismatch, point.corner) for point in points] == expected
    assert {point.vdd for point in points} == {1.2}


def test_without_variations_it_is_the_nominal_point():
    assert points_of([], NOMINAL) == (NOMINAL,)


@pytest.mark.parametrize("count", [1, 5, 8])
def test_a_sobol_sequence_fills_the_spans_together(count):
    variations = [parse_variation("vdd=1:1.4"), parse_variation("temperature=0:80")]
    points = points_of(variations, NOMINAL, sobol=count)
    assert len(set(points)) == count
    found = [(point.vdd, point.temperature) for point in points]
    # Sobol's first points: 0 0, 1/2 1/2, 3/4 1/4, 1/4 3/4, 3/8 3/8
    assert found[:5] == [(1.0, 0), (1.2, 40), (1.3, 20), (1.1, 60), (1.15, 30)][:count]


def test_lists_are_crossed_with_the_sobol_sequence():
    variations = [parse_variation("vdd=1:1.4"), parse_variation("bits=4,5")]
    points = points_of(variations, NOMINAL, sobol=4)
    assert [point.bits for point in points] == [4] * 4 + [5] * 4
    assert [point.vdd for point in points[:4]] == [point.vdd for point in points[4:]]


@pytest.mark.parametrize(
    ("words", "sobol", "complaint"),
    [
        (["vdd=1:1.4"], None, "vdd has a start and a stop, but no number of values"),
        (["vdd=1:1.4:3"], 4, "without a span to fill"),
        (["vdd=1:1.4"], 0, "a Sobol sequence of 0 points"),
        (["vdd=1,1.1", "vdd=1.2"], None, "vdd is varied twice"),
        (["vdd=1:1.1:200", "mismatch=0:1:200"], None, "a sweep of 40000 points"),
    ],
)
def test_variations_that_make_no_sweep(words, sobol, complaint):
    with pytest.raises(InputError, match=complaint):
        points_of([parse_variation(word) for word in words], NOMINAL, sobol)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"mismatch": -0.1}, "mismatch of -0.1 is out of range .0 to 10 on generic180"),
        ({"mismatch": float("nan")}, "mismatch of nan"),
        ({"noise": -1.0}, "noise of -1"),
        ({"input_noise": float("inf")}, "input-noise of inf"),
        ({"temperature": 200.0}, "temperature of 200 C is out of range .0 C to 85 C on generic180"),
        ({"vdd": 3.3}, "vdd of 3.3 V"),
        ({"bits": 9}, "bits of 9 is out of range .2 to 8 on"),
        ({"unit_current": 1e-6}, "unit-current of 1 uA"),
        ({"step": 1e-9}, "step of 1 ns"),
        ({"corner": "xx"}, "unknown corner 'xx'"),
    ],
)
def test_what_the_technology_does_not_describe_is_refused(change, complaint):
    technology = load_technology("generic180")
    NOMINAL.check(technology)
    with pytest.raises(InputError, match=complaint):
        NOMINAL.changed(change).check(technology)


def test_the_nominal_point_is_the_export(design):
    point = nominal_point(design, noise=1.0)
    ladders = design.cells[0].kind == "cmru"
    own = {} if ladders else {"levels_half": 0, "template": "fq_bmru_9t"}
    assert point == NOMINAL.changed(own)
    assert point.design(design) == design


def test_the_design_of_a_point_runs_where_the_point_says(design):
    point = NOMINAL.changed({"vdd": 1.4, "unit_current": 2e-9, "step": 1e-2})
    moved = point.design(design)
    operating = moved.operating
    assert (operating.supply_voltage, operating.unit_current, operating.step) == (1.4, 2e-9, 1e-2)
    assert operating.write_fraction == design.operating.write_fraction
    assert moved.stages == design.stages
