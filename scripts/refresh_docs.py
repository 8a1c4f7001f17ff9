"""Bring what the documentation quotes up to date: the schema, lines, figures, what commands print.

    python scripts/refresh_docs.py

A page quotes between two comments:

    <!-- lines: FILE: FIRST ... LAST -->    from the line that holds FIRST to the one with LAST
    <!-- output: hwsim COMMAND -->          what the command prints
    <!-- figures: TEMPLATES on TECHNOLOGY: FIGURES -->    a table from the datasheets that ship
    <!-- end -->

Lines and outputs are made in a fresh folder that holds `models/` and an export in
`runs/demo/export`. The tests compare every quotation with what this script would write.
"""

from __future__ import annotations

import contextlib
import io
import re
import shlex
import tempfile
from pathlib import Path

import click

from hwsim.characterization.store import shipped_path
from hwsim.checkpoints import mapping
from hwsim.circuits.datasheet import Datasheet, read_datasheet
from hwsim.circuits.figures import find_figure
from hwsim.cli.main import main as hwsim
from hwsim.design.store import schema_json
from hwsim.foundation.quantities import format_quantity
from hwsim.studies.paper import plan
from hwsim.training import config

ROOT = Path(__file__).resolve().parents[1]
PAGES = ("docs/tutorial.md", "docs/design_format.md", "docs/circuits.md", "docs/tasks.md")
SCHEMA = "docs/design.schema.json"
TRAINING_SCHEMA = "docs/training.schema.json"
MAPPING_SCHEMA = "docs/mapping.schema.json"
STUDY_SCHEMA = "docs/study.schema.json"
WIDTH = 96

_QUOTATION = re.compile(
    r"(?P<head><!-- (?P<kind>lines|output|figures): (?P<what>.+?) -->\n).*?(?P<tail><!-- end -->)",
    re.DOTALL,
)
_FIGURES = re.compile(r"(?P<templates>.+) on (?P<technology>\w+): (?P<figures>.+)")
_LINES = re.compile(r"(?P<file>\S+): (?P<first>.+) \.\.\. (?P<last>.+)")


def prepare_workshop(folder: Path) -> None:
    """Make the folder in which the commands of the pages can be run."""
    (folder / "models").symlink_to(ROOT / "models")
    (folder / "runs").mkdir()
    with contextlib.chdir(folder):
        printed("hwsim export models/japanese_vowels_cmru_k3_d8.safetensors --out runs/demo/export")


def printed(command: str) -> str:
    """What a command of hwsim prints in the current folder.

    Raises:
        ClickException: the command failed.
    """
    output = io.StringIO()
    with contextlib.redirect_stdout(output):
        code = hwsim(shlex.split(command)[1:])
    if code != 0:
        raise click.ClickException(f"{command}: exit code {code}")
    return "\n".join(line.rstrip() for line in output.getvalue().splitlines())


def refreshed(page: str, workshop: Path) -> str:
    """A page with every quotation made anew.

    Args:
        page: Markdown.
        workshop: a folder that `prepare_workshop` made.
    """

    def quotation(found: re.Match[str]) -> str:
        if found["kind"] == "figures":
            return f"{found['head']}{figure_table(found['what'])}\n{found['tail']}"
        if found["kind"] == "lines":
            body, language = _lines(found["what"], workshop)
        else:
            with contextlib.chdir(workshop):
                body, language = printed(found["what"]), "text"
        return f"{found['head']}```{language}\n{body}\n```\n{found['tail']}"

    return _QUOTATION.sub(quotation, page)


def figure_table(what: str) -> str:
    """Nominal figures of templates of one kind, side by side, as a Markdown table.

    Args:
        what: ``TEMPLATES on TECHNOLOGY: FIGURES``, both separated by commas.

    Raises:
        ClickException: it is not of that form, or a datasheet is not there or lacks a figure.
    """
    found = _FIGURES.fullmatch(what)
    if found is None:
        raise click.ClickException(f"'{what}' is not TEMPLATES on TECHNOLOGY: FIGURES")
    names = found["templates"].split(", ")
    sheets = [read_datasheet(shipped_path(name, found["technology"])) for name in names]
    head = ["figure", "", *(f"`{name}`" for name in names)]
    rows = [head, ["---"] * len(head)]
    for figure in found["figures"].split(", "):
        about = find_figure(sheets[0].kind, figure)
        values = [_value(sheet, figure, about.unit) for sheet in sheets]
        rows.append([f"`{figure}`", about.meaning, *values])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _value(sheet: Datasheet, figure: str, unit: str) -> str:
    if figure not in sheet.nominal:
        raise click.ClickException(f"the datasheet of {sheet.template} has no '{figure}'")
    value = sheet.nominal[figure]
    return format_quantity(value, unit) if unit else f"{value:.4f}"


def _lines(what: str, workshop: Path) -> tuple[str, str]:
    """Lines of a file and the language they are in; long rows of numbers are cut."""
    found = _LINES.fullmatch(what)
    if found is None:
        raise click.ClickException(f"'{what}' is not FILE: FIRST ... LAST")
    lines = (workshop / found["file"]).read_text(encoding="utf-8").splitlines()
    first = _index(lines, found["first"], 0, found["file"])
    last = _index(lines, found["last"], first, found["file"])
    chosen = lines[first : last + 1]
    if not found["file"].endswith(".json"):
        return "\n".join(chosen), "text"
    short = [line if len(line) <= WIDTH else f"{line[: WIDTH - 2]} …" for line in chosen]
    return "\n".join(short), "json"


def _index(lines: list[str], text: str, start: int, name: str) -> int:
    for index, line in enumerate(lines[start:], start):
        if text in line:
            return index
    raise click.ClickException(f"{name} has no line with '{text}'")


@click.command()
def main() -> None:
    """Rewrite the quotations and the schemas in the folder `docs`."""
    (ROOT / SCHEMA).write_text(schema_json(), encoding="utf-8")
    (ROOT / TRAINING_SCHEMA).write_text(config.schema_json(), encoding="utf-8")
    (ROOT / MAPPING_SCHEMA).write_text(mapping.schema_json(), encoding="utf-8")
    (ROOT / STUDY_SCHEMA).write_text(plan.schema_json(), encoding="utf-8")
    with tempfile.TemporaryDirectory(prefix="hwsim-docs-") as folder:
        workshop = Path(folder)
        prepare_workshop(workshop)
        for name in PAGES:
            path = ROOT / name
            path.write_text(refreshed(path.read_text(encoding="utf-8"), workshop), encoding="utf-8")


if __name__ == "__main__":
    main()
