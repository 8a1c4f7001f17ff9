"""What the page about the report says is so."""

import re
from importlib import import_module
from pathlib import Path

import pytest

from hwsim.cli.main import main
from hwsim.cli.report import SUFFIXES
from hwsim.studies.reporting.chip_survey import FEWER, MARGIN, OTHER_SCALES

PAGE = (Path(__file__).parents[2] / "docs" / "report.md").read_text()


def test_it_names_every_form():
    assert re.findall(r"^\| `(\.\w+)` \|", PAGE, re.MULTILINE) == list(SUFFIXES)


def test_figures_are_drawn_where_it_says():
    module = None
    for path, name in re.findall(
        r"`(hwsim\.report\.\w+\.)?(\w+_figure|\w+_over_time|\w+_histogram)`", PAGE
    ):
        module = import_module(path.rstrip(".")) if path else module
        assert callable(getattr(module, name))


def test_its_numbers_are_those_of_the_survey():
    assert (FEWER, MARGIN, OTHER_SCALES) == (4, 0.01, (0.5, 2.0))
    words = " ".join(PAGE.split())
    assert "half and twice of it are shown with a quarter as many" in words
    assert "one point less than the chip without mismatch" in words


def test_its_python_runs(small_export, compiled, network, monkeypatch, tmp_path, recordings):
    """On a small network, with its data in the place of the task."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    small_export(tmp_path / "runs" / "demo" / "export", compiled(network("fq_bmru", units=3)))
    place = "hwsim.studies.reporting.gathering.judging_sequences"
    monkeypatch.setattr(place, lambda *_: recordings(lengths=(2, 3)))
    place = "hwsim.studies.sweep.prepare.judging_sequences"
    monkeypatch.setattr(place, lambda *_: recordings(lengths=(2, 3)))
    monkeypatch.chdir(tmp_path)
    exec(code, {})  # noqa: S102 - the page's own code
    assert (tmp_path / "groups.svg").read_text().count("<svg") == 1


@pytest.mark.parametrize("option", sorted(set(re.findall(r"`(--[a-z]+)`", PAGE))))
def test_its_options_are_there(option, capsys):
    assert main(["report", "--help"]) == 0
    assert option in capsys.readouterr().out
