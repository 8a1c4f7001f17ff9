"""The house keeps its own rules: versions, docstrings, pages and files that speak of it alone."""

import ast
import re
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml

import hwsim

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "hwsim"
ROOMS = sorted(path.name for path in PACKAGE.iterdir() if (path / "__init__.py").is_file())


def tracked(*paths):
    """Files that git tracks, as paths from the root."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--", *paths], cwd=ROOT, capture_output=True, text=True
    )
    if listing.returncode != 0:
        pytest.skip("not a git checkout")
    return [name for name in listing.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_the_changelog_begins_with_the_version_of_the_package():
    newest = re.search(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert newest is not None
    assert newest[1] == hwsim.__version__


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_says_what_it_holds(room):
    said = ast.get_docstring(ast.parse((PACKAGE / room / "__init__.py").read_text()))
    assert said
    assert said.splitlines()[0].endswith(".")


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_stands_in_the_plan_and_in_the_reference(room):
    assert f"`{room}`" in (ROOT / "docs" / "architecture.md").read_text()
    if room == "cli":
        page = ROOT / "docs" / "command_line.md"
    else:
        page = ROOT / "docs" / "reference" / f"{room}.md"
    assert f"hwsim.{room}" in page.read_text()


def test_files_name_no_place_on_somebodys_machine():
    folders = "|".join(("work", "tmp", "root", "home"))
    place = re.compile(r"(?<![\w.~$})*-])/(?:" + folders + r")/\w")
    found = []
    for name in tracked():
        content = (ROOT / name).read_bytes()
        if b"\0" in content:
            continue
        for number, line in enumerate(content.decode().splitlines(), start=1):
            if place.search(line):
                found.append(f"{name}:{number}: {line.strip()[:80]}")
    assert found == []


def test_the_site_fetches_nothing_from_other_hosts():
    site = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
    assert site["theme"]["font"] is False
    remote = [
        address
        for kind in ("extra_javascript", "extra_css")
        for address in site.get(kind, [])
        if "//" in str(address)
    ]
    assert remote == []


def test_every_dependency_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    wanted = [*project["dependencies"]]
    for extra in project["optional-dependencies"].values():
        wanted += extra
    names = {re.split(r"[\[<>=]", requirement)[0] for requirement in wanted}
    page = (ROOT / "docs" / "dependencies.md").read_text()
    told = set(re.findall(r"[\w-]+", page))
    assert names - told == set()
