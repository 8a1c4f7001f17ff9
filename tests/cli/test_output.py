"""What commands print: JSON that any reader accepts, progress only for a person."""

import json
import sys

import click
import numpy as np
import pytest

from hwsim.cli.output import QuantityType, emit, json_value, progress


def test_json_is_one_object_on_stdout_and_nothing_else(capsys):
    record = {"units": np.int64(8), "accuracy": {"ideal": np.float32(0.5)}}
    emit(record, as_json=True, show=lambda console: console.print("for a person"))
    printed = capsys.readouterr()
    assert json.loads(printed.out) == {"units": 8, "accuracy": {"ideal": 0.5}}
    assert printed.err == ""


def test_a_person_gets_text_as_it_is_and_whole_lines(capsys):
    path = "runs/" + "long/" * 40 + "[bold]net[/bold].json"
    emit({"path": path}, as_json=False, show=lambda console: console.print(path))
    assert capsys.readouterr().out == path + "\n"


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        (float("nan"), None),
        (np.float64("inf"), None),
        (np.float32("nan"), None),
        (np.bool_(True), True),
        (True, True),
        (np.array([[1.0, np.nan], [2.0, 3.0]]), [[1.0, None], [2.0, 3.0]]),
        ((1, None, "a"), [1, None, "a"]),
        ({3: {"x": ()}}, {"3": {"x": []}}),
    ],
)
def test_values_become_what_json_can_say(value, plain):
    converted = json_value(value)
    assert converted == plain
    assert type(converted) is type(plain)
    json.dumps(converted, allow_nan=False)


def test_what_has_no_json_form_is_refused_by_name():
    with pytest.raises(TypeError, match="set has no JSON form"):
        json_value({"levels": {1, 2}})


@pytest.mark.parametrize(("terminal", "as_json"), [(False, False), (True, True), (False, True)])
def test_progress_is_silent_without_a_person(capsys, monkeypatch, terminal, as_json):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    with progress("simulating", 2, as_json=as_json) as advance:
        advance(2)
    assert capsys.readouterr() == ("", "")


def test_progress_draws_on_stderr_for_a_person(capsys, monkeypatch):
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    monkeypatch.setenv("TERM", "xterm")
    with progress("simulating", 2) as advance:
        advance(1)
        advance(1)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert "simulating" in printed.err


@pytest.mark.parametrize(("text", "value"), [("1nA", 1e-9), ("0.5 nA", 5e-10), ("2e-9", 2e-9)])
def test_quantities_are_read_into_si(text, value):
    assert QuantityType("A").convert(text, None, None) == pytest.approx(value)


@pytest.mark.parametrize("text", ["1nV", "one", "", "nan", "inf"])
def test_what_is_no_such_quantity_is_wrong_usage(text):
    with pytest.raises(click.BadParameter):
        QuantityType("A").convert(text, None, None)
