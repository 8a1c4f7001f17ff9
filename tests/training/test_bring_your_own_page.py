"""The example of the page comes in, and becomes a circuit."""

import re
from pathlib import Path

from hwsim.cli.main import main

PAGE = (Path(__file__).parents[2] / "docs" / "bring_your_own.md").read_text()


def block(language):
    (found,) = re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)
    return found


def test_the_example_runs(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    exec(block("python"), {})  # noqa: S102 - the page's own code
    Path("mapping.yaml").write_text(block("yaml"))
    (command,) = re.findall(r"^    hwsim (import .+)$", PAGE, re.MULTILINE)
    assert main(command.split()) == 0
    assert "100.0 % of the decisions agree" in capsys.readouterr().out
    assert main(["export", "mine.safetensors", "--out", "export"]) == 0
