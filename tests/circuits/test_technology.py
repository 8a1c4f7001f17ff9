import pytest
import yaml

from hwsim.circuits import technology as technology_module
from hwsim.circuits.description import read_description
from hwsim.circuits.technology import Range, Technology, load_technology
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError

GENERIC = shipped("netlists") / "technologies" / "generic180"


@pytest.fixture
def technology_from(tmp_path, monkeypatch):
    """Load a technology whose description differs from generic180 in some fields."""

    def load(**changes):
        folder = tmp_path / "netlists" / "technologies" / "mine"
        folder.mkdir(parents=True)
        fields = yaml.safe_load((GENERIC / "technology.yaml").read_text()) | changes
        (folder / "technology.yaml").write_text(yaml.safe_dump(fields))
        (folder / "cards.lib").write_text("* cards\n")
        monkeypatch.setattr(technology_module, "shipped", lambda name: tmp_path / name)
        return load_technology("mine")

    return load


def test_the_cards_of_the_shipped_technology_have_every_corner():
    technology = load_technology("generic180")
    sections = technology.card_text().lower().splitlines()
    for corner in technology.corners:
        assert f".lib {corner}" in sections
        assert f".endl {corner}" in sections


def test_the_cards_define_both_devices_with_the_parameters_of_a_chip(read_spice):
    text = load_technology("generic180").card_text()
    blocks = read_spice(text)
    assert blocks["nfet"].ports == blocks["pfet"].ports == ["d", "g", "s", "b"]
    for device in ("nfet", "pfet"):
        line = next(one for one in text.splitlines() if one.startswith(f".subckt {device}"))
        assert "m=1 dvth=0 dbeta=0" in line


def test_leakage_is_worst_where_it_is_hot_and_fast():
    technology = load_technology("generic180")
    assert technology.hottest_leakage == technology.leakage["ff 85"]
    assert technology.leakage["ff 85"] > technology.leakage["ss 85"] > technology.leakage["tt 27"]


def test_a_technology_of_ones_own(technology_from):
    technology = technology_from(name="mine", corners=["tt"])
    assert technology.corners == ("tt",)
    assert technology.card_text() == "* cards\n"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"slope_factor": -1}, "slope_factor: Input should be greater than 0"),
        ({"corners": []}, "corners: Tuple should have at least 1 item"),
        ({"supply_voltage": {"least": 1}}, "supply_voltage.most: Field required"),
        ({"mismatch": {"nfet": {}}}, "mismatch.source: Field required"),
    ],
)
def test_a_wrong_description_is_told_with_its_file(technology_from, changes, message):
    with pytest.raises(InputError) as caught:
        technology_from(**changes)
    assert message in caught.value.what
    assert "technology.yaml, line " in caught.value.where


def test_a_description_that_is_not_text(tmp_path):
    path = tmp_path / "technology.yaml"
    path.write_bytes(b"name: \xff")
    with pytest.raises(InputError, match="is not UTF-8 text"):
        read_description(path, Technology)


def test_a_technology_that_does_not_exist():
    with pytest.raises(InputError, match="unknown technology 'soi22'") as caught:
        load_technology("soi22")
    assert "generic180" in caught.value.hint


def test_a_range_holds_its_ends():
    span = Range(least=1.0, most=1.8)
    assert 1.0 in span
    assert 1.8 in span
    assert 0.99 not in span
