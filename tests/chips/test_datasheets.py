"""The datasheets of a design's circuits."""

import shutil

import pytest

from hwsim.chips.datasheets import datasheets_of
from hwsim.circuits.circuit_set import CircuitSet
from hwsim.foundation.errors import InputError


def test_each_measured_kind_has_that_of_its_template(circuits, datasheets):
    assert set(datasheets) == set(circuits.templates) - {"bias", "clock"}
    for kind, sheet in datasheets.items():
        assert sheet.template == circuits.templates[kind].name
        assert sheet.technology == circuits.technology.name


def test_a_changed_template_has_none(circuits, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    relu = circuits.templates["mirror"]
    shutil.copytree(relu.folder, tmp_path / "mirror")
    text = (tmp_path / "mirror" / "template.spice").read_text()
    (tmp_path / "mirror" / "template.spice").write_text(text.replace("m={units}", "m={2*units}"))
    changed = relu.model_copy(update={"folder": tmp_path / "mirror"})
    with pytest.raises(InputError, match="no datasheet of mirror_cascode on generic180") as caught:
        datasheets_of(CircuitSet(circuits.technology, {**circuits.templates, "mirror": changed}))
    assert "hwsim template characterize mirror_cascode" in caught.value.hint
    assert caught.value.where == str(tmp_path / "mirror")
