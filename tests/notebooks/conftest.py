"""Notebooks run as they are stored, in a place of their own, and what they show."""

import base64
import io
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"

PRELUDE = """
import socket
import warnings

warnings.simplefilter("error")
warnings.filterwarnings("default", category=PendingDeprecationWarning, module="ipykernel")


def _refuse(*_):
    raise OSError("a notebook needs no network")


socket.socket.connect = _refuse
"""
"""Run before everything else: warnings are errors, and nothing is fetched."""

CELL_SECONDS = 600
TEXT = "{http://www.w3.org/2000/svg}text"
PATH = "{http://www.w3.org/2000/svg}path"
ESCAPES = re.compile(r"\x1b\[[\d;]*m")


class Shown:
    """What the cells of a notebook have shown.

    Args:
        notebook: that was run.
    """

    def __init__(self, notebook):
        self.cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}

    def text(self, cell):
        """Everything that a cell prints or returns, as a terminal would have it."""
        outputs = self.cells[cell].outputs
        parts = [each.get("text") or each.data.get("text/plain", "") for each in outputs]
        return ESCAPES.sub("", "\n".join(parts))

    def figures(self):
        """Names of the cells that show a picture."""
        return {
            name
            for name, cell in self.cells.items()
            for each in cell.outputs
            if {"image/svg+xml", "image/png"} & set(each.get("data", {}))
        }

    def drawing(self, cell):
        """The words of a vector graphic, and the points of its longest line."""
        (output,) = self.cells[cell].outputs
        root = ET.fromstring(output.data["image/svg+xml"])  # noqa: S314 - made by this test
        words = " ".join("".join(each.itertext()) for each in root.iter(TEXT))
        lines = [each.get("d", "") for each in root.iter(PATH)]
        assert not any("nan" in line for line in (words, *lines))
        assert len(lines) > 10
        return words, max(len(re.findall("[MLC]", line)) for line in lines)

    def pixels(self, cell):
        """A bitmap, [row, column, colour] from 0 to 255."""
        (output,) = self.cells[cell].outputs
        picture = Image.open(io.BytesIO(base64.b64decode(output.data["image/png"])))
        return np.asarray(picture.convert("RGB"))


@pytest.fixture
def shown(tmp_path, monkeypatch):
    """Run a notebook where nothing is known of hwsim, and see that it leaves nothing behind."""
    places = {name: tmp_path / name for name in ("home", "temporary", "here")}
    for place in places.values():
        place.mkdir()
    for name in ("PDK_ROOT", "HWSIM_CACHE", "HWSIM_TEMPLATES", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {
        "HOME": str(places["home"]),
        "TMPDIR": str(places["temporary"]),
        "MPLCONFIGDIR": mpl.get_cachedir(),  # its list of fonts takes seconds to make
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "JUPYTER_RUNTIME_DIR": str(tmp_path / "jupyter"),
    }.items():
        monkeypatch.setenv(name, value)

    def run(name):
        notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
        notebook.cells.insert(0, nbformat.v4.new_code_cell(PRELUDE))
        client = NotebookClient(notebook, timeout=CELL_SECONDS, kernel_name="python3")
        client.execute(cwd=str(places["here"]))
        left = [each for place in places.values() for each in place.rglob("*") if each.is_file()]
        assert left == []
        return Shown(notebook)

    return run
