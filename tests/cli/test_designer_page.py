"""The walk of a designer, as the page tells it: commands, edits, and what is quoted."""

import re
from pathlib import Path

import pytest

from hwsim.cli.main import main

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "designer.md").read_text()
BLOCKS = re.findall(r"```(sh|diff|text)\n(.*?)```", PAGE, re.DOTALL)
CIRCUIT = Path("my_templates/quiet_cell/template.spice")
NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?")

pytestmark = pytest.mark.spice


def run(line, capsys, monkeypatch):
    """Carry out one line of a shell block and return what it prints."""
    program, *words = line.split()
    if program == "mkdir":
        Path(words[0]).mkdir()
        return ""
    if program == "export":
        monkeypatch.setenv(*words[0].split("="))
        return ""
    assert program == "hwsim"
    code = main([str(ROOT / word) if word.startswith("models/") else word for word in words])
    printed = capsys.readouterr()
    assert code == 0, f"{line}: {printed.out}{printed.err}"
    return printed.out


def edit(diff):
    """Carry out one edit of the circuit."""
    lines = diff.splitlines()
    old = "".join(f"{line[1:]}\n" for line in lines if line.startswith("-"))
    new = "".join(f"{line[1:]}\n" for line in lines if line.startswith("+"))
    text = CIRCUIT.read_text()
    assert old in text
    CIRCUIT.write_text(text.replace(old, new))


def words_and_numbers(line):
    return " ".join(NUMBER.sub("#", line).split()), [float(one) for one in NUMBER.findall(line)]


def require_printed(quoted, printed):
    """Words are equal; numbers agree within what another ngspice may change."""
    words, numbers = words_and_numbers(quoted)
    found = {words_and_numbers(line)[0]: line for line in printed.splitlines()}
    assert words in found, f"nothing printed is like: {quoted}\n{printed}"
    for told, measured in zip(numbers, words_and_numbers(found[words])[1], strict=True):
        assert told == pytest.approx(measured, rel=0.05, abs=3.0 if "%" in quoted else 0)


def test_the_walk_goes_as_the_page_says(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HWSIM_CACHE", str(tmp_path / "cache"))
    printed = ""
    quoted = 0
    for language, text in BLOCKS:
        if language == "sh":
            printed = "".join(run(line, capsys, monkeypatch) for line in text.splitlines())
        elif language == "diff":
            edit(text)
        else:
            for line in text.splitlines():
                require_printed(line, printed)
                quoted += 1
    assert quoted >= 12
    assert (tmp_path / "after" / "quiet_cell_generic180.png").stat().st_size > 10_000
    assert (tmp_path / "verdict" / "verdict.png").stat().st_size > 10_000
    assert "Xinput     state    candidate" in CIRCUIT.read_text()


def test_the_line_of_the_mistake_that_the_page_mentions(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    run(f"hwsim template new quiet_cell --from fq_bmru_9t --in {tmp_path}", capsys, monkeypatch)
    path = tmp_path / "quiet_cell" / "template.spice"
    path.write_text(
        path.read_text().replace("Xfb_mirror state    feedback", "Xfb_mirror state feedbak")
    )
    assert main(["template", "check", "quiet_cell", "--template-path", str(tmp_path)]) == 2
    told = re.search(r"`(template\.spice, line \d+: node 'feedbak'[^`]*)`", PAGE)[1]
    assert told in capsys.readouterr().out
