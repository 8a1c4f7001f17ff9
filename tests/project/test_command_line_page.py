"""The page of the command line is the command line."""

from pathlib import Path

import markdown
import pytest

from hwsim.cli.main import COMMANDS

PAGE = Path(__file__).resolve().parents[2] / "docs" / "command_line.md"


@pytest.fixture(scope="module")
def html():
    return markdown.markdown(PAGE.read_text(), extensions=["mkdocs-click", "tables", "attr_list"])


def test_the_page_shows_the_program(html):
    assert "hwsim [OPTIONS] COMMAND [ARGS]..." in html
    assert "--version" in html


@pytest.mark.parametrize("name", COMMANDS)
def test_the_page_shows_every_command(html, name):
    assert f"hwsim {name}" in html
