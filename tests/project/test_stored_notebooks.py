"""How the notebooks are stored: without outputs, by public library calls, a few lines a cell."""

import ast
import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).resolve().parents[2]
PATHS = sorted((ROOT / "notebooks").glob("*.ipynb"))
PAGE = (ROOT / "docs" / "notebooks.md").read_text()
LIBRARIES = {"IPython", "hwsim", "numpy", "rich"}
MOST_LINES = 12
"""Of a cell that is not the one with the imports."""


@pytest.fixture(params=PATHS, ids=lambda path: path.stem)
def path(request):
    return request.param


def code_cells(path):
    notebook = nbformat.read(path, as_version=4)
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tree(path):
    return ast.parse("\n".join(cell.source for cell in code_cells(path)))


def test_there_are_three():
    assert len(PATHS) == 3


def test_the_page_tells_of_each(path):
    assert f"`{path.name}`" in PAGE


def test_outputs_are_not_stored(path, script):
    text = path.read_text()
    assert text == script("clear_notebooks").cleared(text), "run: python scripts/clear_notebooks.py"


def test_clearing_takes_outputs_counts_and_notes_away(script):
    notebook = nbformat.v4.new_notebook(metadata={"editor": "any"})
    cell = nbformat.v4.new_code_cell("1", metadata={"tags": ["x"]}, execution_count=3)
    cell.outputs = [nbformat.v4.new_output("stream", text="1")]
    notebook.cells = [cell]
    left = nbformat.reads(script("clear_notebooks").cleared(nbformat.writes(notebook)), 4)
    (bare,) = left.cells
    assert (bare.source, bare.id) == ("1", cell.id)
    assert (bare.outputs, bare.execution_count, bare.metadata) == ([], None, {})
    assert set(left.metadata) == {"kernelspec", "language_info"}


def test_cells_have_names(path):
    for cell in nbformat.read(path, as_version=4).cells:
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", cell.id)


def test_cells_are_short(path):
    first, *others = code_cells(path)
    assert "import" in first.source
    assert max(len(cell.source.splitlines()) for cell in others) <= MOST_LINES


def test_nothing_is_drawn_by_hand_and_nothing_private_is_called(path):
    names = []
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            names += [*node.module.split("."), *(each.name for each in node.names)]
        elif isinstance(node, ast.Import):
            names += [each.name for each in node.names]
        elif isinstance(node, ast.Attribute):
            names.append(node.attr)
    assert [name for name in names if name.startswith("_")] == []
    imported = {
        (node.module or "").partition(".")[0]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom)
    } | {
        each.name.partition(".")[0]
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Import)
        for each in node.names
    }
    assert imported - set(sys.stdlib_module_names) <= LIBRARIES


def test_no_cli_is_called(path):
    assert "hwsim.cli" not in path.read_text()
