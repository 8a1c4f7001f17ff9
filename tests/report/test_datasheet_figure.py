"""The page of a datasheet: of a cell that works, and of one that does not."""

import pytest

from hwsim.characterization.store import shipped_path
from hwsim.circuits.datasheet import read_datasheet
from hwsim.foundation.errors import InputError
from hwsim.report.datasheet_figure import draw_datasheet


@pytest.fixture(params=["cmru_ladder", "fq_bmru_9t", "mirror_cascode", "relu_diode"])
def sheet(request):
    return read_datasheet(shipped_path(request.param, "generic180"))


def test_a_datasheet_is_one_picture(sheet, tmp_path):
    path = tmp_path / "page.png"
    draw_datasheet(sheet, path)
    assert path.read_bytes().startswith(b"\x89PNG")


def test_a_cell_without_figures_is_drawn_too(sheet, tmp_path):
    nothing = {"nominal": {}, "grid": (), "sensitivities": {}, "prediction": {}, "curves": {}}
    broken = sheet.model_copy(update={**nothing, "absent": {"level": "never switches"}})
    draw_datasheet(broken, tmp_path / "page.svg")
    assert "</svg>" in (tmp_path / "page.svg").read_text()


def test_a_place_that_cannot_be_written_is_named(sheet, tmp_path):
    with pytest.raises(InputError, match="cannot draw"):
        draw_datasheet(sheet, tmp_path / "nowhere" / "page.png")
