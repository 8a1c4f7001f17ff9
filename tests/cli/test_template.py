"""The commands about templates: what they print, what they refuse, how they end."""

import json
import shutil

import pytest
import yaml

from hwsim.circuits.search_path import VARIABLE, find_template, template_names
from hwsim.cli.main import main

CELL = "fq_bmru_9t"
INPUT = "Xinput     state    candidate vdd       vdd pfet w={w_unit} l={l_unit}\n"


@pytest.fixture(autouse=True)
def own_cache(tmp_path_factory, monkeypatch):
    """One cache for all tests of this file, none of the user's."""
    monkeypatch.setenv("HWSIM_CACHE", str(tmp_path_factory.getbasetemp() / "cache"))


@pytest.fixture
def hwsim(capsys):
    """Run a command: exit code, stdout, stderr."""

    def run(*words):
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def bad(tmp_path):
    """A copy of the nine-transistor cell, called `bad`, with one piece of text replaced."""

    def make(old, new, file="template.spice"):
        folder = tmp_path / "bad"
        shutil.copytree(find_template(CELL), folder)
        for path in folder.iterdir():
            path.write_text(path.read_text().replace(CELL, "bad"))
        text = (folder / file).read_text()
        assert old in text
        (folder / file).write_text(text.replace(old, new))
        return tmp_path

    return make


def one_line(text):
    assert text.count("\n") == 1
    assert text.startswith("error: ")
    return text


def test_the_list_has_every_template_and_its_origin(hwsim, bad):
    home = bad(INPUT, INPUT)
    code, printed, _ = hwsim("template", "list", "--json", "--template-path", home)
    rows = {row["name"]: row for row in json.loads(printed)["templates"]}
    assert code == 0
    assert set(rows) == {*template_names(), "bad"}
    assert rows["bad"]["folder"] == str(home / "bad")
    assert rows[CELL]["kind"] == "fq_bmru"
    _, table, _ = hwsim("template", "list", "--template-path", home)
    assert str(home) in next(line for line in table.splitlines() if " bad " in line)


def test_a_broken_template_does_not_hide_the_others(hwsim, tmp_path):
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "template.yaml").write_text("kind: [\n")
    code, printed, _ = hwsim("template", "list", "--json", "--template-path", tmp_path)
    rows = {row["name"]: row for row in json.loads(printed)["templates"]}
    assert code == 0
    assert rows["broken"]["kind"] is None
    assert "template.yaml, line 2: not YAML" in rows["broken"]["description"]
    assert set(rows) == {*template_names(), "broken"}


@pytest.mark.spice
def test_time_that_is_up_is_told_and_nothing_hangs(hwsim):
    code, _, complaint = hwsim("template", "check", CELL, "--static", "--timeout", "1ms")
    assert code == 3
    assert "out of time" in one_line(complaint)


@pytest.mark.spice
def test_a_circuit_without_a_solution_is_one_line_that_names_its_file(hwsim, bad):
    home = bad(INPUT, f"{INPUT}Rtiny state feedback 1e-30\n")
    code, _, complaint = hwsim("template", "characterize", "bad", "--template-path", home)
    assert code == 2
    place = f"{home / 'bad' / 'template.spice'}, line 10"
    assert f"{place}: the circuit cannot be simulated" in one_line(complaint)


def test_how_much_was_measured_is_told(hwsim):
    code, printed, _ = hwsim("template", "characterize", CELL)
    assert code == 0
    assert printed.splitlines()[-1] == "the datasheet was known: nothing was measured"
    record = json.loads(hwsim("template", "characterize", CELL, "--json")[1])
    assert record["measurements"] == {"run": 0, "known": 0}


@pytest.mark.spice
def test_a_circuit_that_oscillates_fails_a_line(hwsim, bad):
    ring = "".join(
        f"X{kind}{k} r{k} r{(k - 1) % 3} {rail} {rail} {device} w=0.5u l=0.5u\n"
        for k in range(3)
        for kind, rail, device in (("p", "vdd", "pfet"), ("n", "vss", "nfet"))
    )
    home = bad(INPUT, INPUT + ring)
    words = ["template", "check", "bad", "--template-path", home, "--json", "--static"]
    code, printed, _ = hwsim(*words)
    assert code == 1
    (one,) = json.loads(printed)["templates"]
    assert [line["name"] for line in one["lines"] if not line["pass"]] == ["supply_off"]


def test_a_template_is_shown_with_ports_parameters_and_hierarchy(hwsim):
    code, printed, _ = hwsim("template", "show", "cmru_ladder")
    assert code == 0
    assert "│ candidate   │ sum " in printed
    assert "parameter threshold is threshold_units of the design" in printed
    assert "├─ xstage1..6  6 x cmru_ladder_stage, 12 transistors each" in printed
    record = json.loads(hwsim("template", "show", "cmru_ladder", "--json")[1])
    assert record["transistors"] == 108
    assert record["specification"]["trip_up"]["max"] == 1.05


def test_a_new_template_is_found_and_sound(hwsim, tmp_path, monkeypatch):
    code, printed, _ = hwsim("template", "new", "mine", "--from", CELL, "--in", tmp_path)
    assert code == 0
    assert f"hwsim template check mine --template-path {tmp_path}" in printed
    assert yaml.safe_load((tmp_path / "mine" / "template.yaml").read_text())["name"] == "mine"
    monkeypatch.setenv(VARIABLE, str(tmp_path))
    record = json.loads(hwsim("template", "new", "next", "--from", "mine", "--json")[1])
    assert record["next"] == "hwsim template check next"
    assert record["folder"] == str(tmp_path / "next")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["show", "moon"], "unknown template 'moon'"),
        (["show", CELL, "--technology", "moon"], "unknown technology 'moon'"),
        (["new", "Mine", "--from", CELL], "is no name of a template"),
        (["new", "mine", "--from", "moon"], "unknown template 'moon'"),
        (["new", "mine"], "Missing option '--from'"),
        (["check"], "give the NAME of a template, or --all"),
        (["check", CELL, "--all"], "give the NAME of a template, or --all"),
        (["check", CELL, "--static", "--monte-carlo", "5"], "--monte-carlo takes its transistors"),
        (["check", CELL, "--monte-carlo", "-5"], "--monte-carlo"),
        (["check", CELL, "--timeout", "0"], "0 s is no time to measure in"),
        (["characterize", CELL, "--timeout", "-1s"], "-1 s is no time to measure in"),
        (["check", CELL, "--timeout", "soon"], "'soon' is not a quantity"),
        (["check", CELL, "--template-path", "/no/such/folder"], "is not a folder"),
        (["check", CELL, "--technology", "moon"], "unknown technology 'moon'"),
        (["check", "moon"], "unknown template 'moon'"),
        (["compare", CELL, "moon"], "unknown template 'moon'"),
        (["compare", CELL, "cmru_ladder"], "is a cmru, not a fq_bmru"),
        (["characterize", "clock_two_phase"], "a clock is not measured"),
        (["moon"], "No such command 'moon'"),
    ],
)
def test_wrong_input_is_one_line_and_exit_2(hwsim, words, message):
    code, printed, complaint = hwsim("template", *words)
    assert code == 2
    assert printed == ""
    assert message in one_line(complaint)


def test_a_folder_without_a_pdk_is_told_before_anything_runs(hwsim, tmp_path):
    words = ["template", "check", CELL, "--technology", "gf180mcuD", "--pdk-root", tmp_path]
    code, _, complaint = hwsim(*words)
    assert code == 2
    assert "no PDK gf180mcuD" in one_line(complaint)


def test_what_the_lint_finds_is_told_with_its_line_and_nothing_is_simulated(hwsim, bad):
    home = bad(INPUT, INPUT.replace("state   ", "stat    "))
    code, printed, _ = hwsim("template", "check", "bad", "--template-path", home)
    assert code == 2
    assert "bad on generic180: FAILS" in printed
    assert f"{home / 'bad' / 'template.spice'}, line 11: node 'stat' floats" in printed
    record = json.loads(hwsim("template", "check", "bad", "--template-path", home, "--json")[1])
    assert record["pass"] is False
    assert record["templates"][0]["lines"] == []
    assert record["templates"][0]["findings"][0]["place"].endswith("template.spice, line 11")
    for words in (["characterize", "bad"], ["compare", CELL, "bad"]):
        code, _, complaint = hwsim("template", *words, "--template-path", home)
        assert code == 2
        assert "node 'stat' floats" in one_line(complaint)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "name: bad\nkind",
            "name: bad\nname: bad\nkind",
            "line 2: the key 'name' is here a second time",
        ),
        ("{min: 0.95, typ: 1, max: 1.1}", "{min: 2, max: 1}", "min 2 is above max 1"),
        ("kind: fq_bmru", "kind: valve", "line 2: kind: Input should be"),
    ],
)
def test_a_wrong_description_is_one_line_with_its_number(hwsim, bad, old, new, message):
    home = bad(old, new, "template.yaml")
    code, _, complaint = hwsim("template", "check", "bad", "--template-path", home)
    assert code == 2
    assert f"{home / 'bad' / 'template.yaml'}, line " in one_line(complaint)
    assert message in complaint


@pytest.mark.spice
def test_a_quick_check_looks_at_operating_points_over_all_corners(hwsim):
    code, printed, _ = hwsim("template", "check", CELL, "--static", "--json")
    assert code == 0
    (one,) = json.loads(printed)["templates"]
    assert one["pass"] is True
    assert one["technology"] == "generic180"
    assert one["transistors"] == 9
    assert "rise_charge" in one["skipped"]
    lines = {line["name"]: line for line in one["lines"]}
    assert set(lines) >= {"threshold_high", "threshold_low", "level", "off_current"}
    high = lines["threshold_high"]
    assert high["min"] < high["typ"] < high["max"]
    assert all(line["pass"] for line in lines.values())


@pytest.mark.spice
def test_a_limit_that_a_corner_breaks_fails_its_line_alone(hwsim, bad):
    home = bad("{min: 0.95, typ: 1, max: 1.1}", "{min: 0.95, max: 1.02}", "template.yaml")
    words = ["template", "check", "bad", "--static", "--template-path", home]
    code, printed, _ = hwsim(*words, "--json")
    assert code == 1
    lines = {line["name"]: line for line in json.loads(printed)["templates"][0]["lines"]}
    assert [name for name, line in lines.items() if not line["pass"]] == ["threshold_high"]
    assert lines["threshold_high"]["worst"].startswith("ff 85 C")
    _, table, _ = hwsim(*words)
    assert next(line for line in table.splitlines() if "FAIL" in line and "threshold_high" in line)


@pytest.mark.spice
@pytest.mark.parametrize(
    ("old", "new"),
    [
        # stuck: the threshold is a hundred times too large, so the cell can never set
        ("m={threshold}", "m={100*threshold}"),
        # never switches: a resistor holds the state low
        (INPUT, f"{INPUT}Rshort state vss 1k\n"),
        # always set: a resistor holds the state high
        (INPUT, f"{INPUT}Rshort state vdd 1k\n"),
        # no hysteresis left to speak of: the feedback runs into the supply
        (
            "Xfb_diode  feedback feedback  vdd       vdd pfet w={w_unit} l={l_unit}\n",
            "Rfb feedback vdd 1\n",
        ),
    ],
)
def test_a_legal_circuit_that_does_not_work_fails_lines(hwsim, bad, old, new):
    home = bad(old, new)
    words = ["template", "check", "bad", "--template-path", home, "--json", "--static"]
    code, printed, complaint = hwsim(*words)
    assert code == 1, complaint
    (one,) = json.loads(printed)["templates"]
    assert one["findings"] == []
    failed = [line for line in one["lines"] if not line["pass"]]
    assert failed
    assert any(line["reason"] for line in failed)


@pytest.mark.spice
def test_a_cell_that_never_switches_has_a_reason_in_every_line_that_it_misses(hwsim, bad):
    home = bad(INPUT, f"{INPUT}Rshort state vss 1k\n")
    code, printed, _ = hwsim("template", "check", "bad", "--template-path", home)
    assert code == 1
    assert "FAIL: never switches" in printed
    assert next(line for line in printed.splitlines() if "function" in line and "FAIL" in line)
