"""The pages do what they say: commands run, code runs, quotations are what would be quoted now."""

import re
from pathlib import Path

import numpy as np
import pytest

from hwsim.circuits.export import load_export
from hwsim.cli.main import COMMANDS, main
from hwsim.data.tasks import load_task
from hwsim.engines import reading
from hwsim.engines.behavioural import BehaviouralEngine

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
TUTORIAL = (DOCS / "tutorial.md").read_text()
QUOTING = ("tutorial.md", "design_format.md", "tasks.md")

NOT_RUN = "<!-- not in the tests: minutes of ngspice -->\n"
MANY, ONE = "--samples 8", "--samples 1"


def blocks(page, language):
    """Fenced blocks of a page: what stands right before each, and its text."""
    fence = re.compile(rf"((?:<!--[^\n]*-->\n)?)```{language}\n(.*?)```", re.DOTALL)
    return [(found[1], found[2]) for found in fence.finditer(page)]


def commands(page):
    return [
        pytest.param(line, id=line, marks=_marks(before, line))
        for before, block in blocks(page, "bash")
        for line in block.splitlines()
    ]


def _marks(before, line):
    if before == NOT_RUN:
        return [pytest.mark.skip(reason=f"'{line}' takes minutes of ngspice")]
    return [pytest.mark.spice] if MANY in line else []


@pytest.fixture(scope="module")
def workshop(script, tmp_path_factory):
    """The folder in which the pages are worked through, with the export of the demo."""
    folder = tmp_path_factory.mktemp("workshop")
    script("refresh_docs").prepare_workshop(folder)
    return folder


@pytest.mark.parametrize("command", commands(TUTORIAL))
def test_commands_of_the_tutorial_run(command, workshop, monkeypatch):
    """In the order of the page; where it takes eight recordings in ngspice, one, and only once."""
    monkeypatch.chdir(workshop)
    program, *words = command.replace(MANY, ONE).split()
    assert program == "hwsim"
    assert main(words) == 0


def test_the_tutorial_has_every_command_of_the_chain():
    told = " ".join(parameter.id for parameter in commands(TUTORIAL))
    missing = [name for name in COMMANDS if f"hwsim {name} " not in told]
    beside = {"demo", "task", "tune", "import", "evaluate", "template", "doctor"}
    beside |= {"report", "study"}
    assert set(missing) == beside
    assert "make demo" in TUTORIAL


def test_the_deck_of_the_tutorial_is_there(workshop):
    lines = TUTORIAL.split("OMP_THREAD_LIMIT=1 ngspice -b ", 1)
    folder = re.search(r"^cd (\S+)$", lines[0], re.MULTILINE)[1]
    deck = workshop / folder / lines[1].split()[0]
    assert ".measure tran mean_logits_0 " in deck.read_text()
    assert ".measure tran charge_cells_1 " in deck.read_text()


@pytest.mark.parametrize("name", QUOTING)
def test_quotations_are_up_to_date(name, script, workshop):
    page = (DOCS / name).read_text()
    assert "<!-- end -->" in page
    made = script("refresh_docs").refreshed(page, workshop)
    assert page == made, "run: python scripts/refresh_docs.py"


def test_the_schema_is_up_to_date(script):
    module = script("refresh_docs")
    schema = (ROOT / module.SCHEMA).read_text()
    assert schema == module.schema_json(), "run: python scripts/refresh_docs.py"


def test_a_quotation_that_is_nowhere_is_told(script, workshop):
    page = "<!-- lines: runs/demo/export/design.json: no such line ... at all -->\n<!-- end -->"
    with pytest.raises(Exception, match=r"design\.json has no line with 'no such line'"):
        script("refresh_docs").refreshed(page, workshop)


def test_python_of_the_tutorial_runs(workshop, monkeypatch, capsys):
    monkeypatch.chdir(workshop)
    ((_, code),) = blocks(TUTORIAL, "python")
    exec(code, {})  # noqa: S102 - the page's own code
    assert "hwsim train japanese_vowels" in capsys.readouterr().out


def test_plain_python_runs_a_design_as_the_behavioural_engine_does(workshop, monkeypatch):
    monkeypatch.chdir(workshop)
    ((_, code),) = blocks((DOCS / "design_format.md").read_text(), "python")
    page = {}
    exec(code, page)  # noqa: S102 - the page's own code
    export = load_export(workshop / "runs" / "demo" / "export")
    recordings = load_task("japanese_vowels")[1].test.take([0, 100, 300])
    trace = BehaviouralEngine().run(export.design, recordings)
    for index, steps in enumerate(recordings.lengths):
        outputs = page["run"](recordings.values[index, :steps].tolist())
        expected = trace.outputs[index, :steps] / export.design.operating.unit_current
        np.testing.assert_allclose(outputs, expected, rtol=1e-9, atol=1e-12)


def test_the_page_of_the_engines_says_when_currents_are_read():
    page = (DOCS / "engines.md").read_text()
    assert f"at {100 * reading.SETTLED:g} % of the step" in page
    assert f"{reading.BEFORE_WRITE * 1e6:g} µs before the write" in page


def test_links_of_the_readme_lead_somewhere():
    links = re.findall(r"\]\(([^)]+)\)", (ROOT / "README.md").read_text())
    local = [link for link in links if "://" not in link]
    assert local
    assert [link for link in local if not (ROOT / link).is_file()] == []
