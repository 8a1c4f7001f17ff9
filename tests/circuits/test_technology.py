from pathlib import Path

import pytest
import yaml

from hwsim.circuits.mismatch import Mismatch
from hwsim.circuits.pdk import Pdk
from hwsim.circuits.technology import BiasVoltages, Range, Technology, load_technology
from hwsim.foundation.assets import shipped
from hwsim.foundation.description import read_description
from hwsim.foundation.errors import InputError

GENERIC = shipped("netlists") / "technologies" / "generic180"


CARDS = """* cards
.lib tt
.param corner=0
.endl tt
.subckt nfet d g s b w=1u l=1u m=1 dvth=0 dbeta=0
.ends nfet
.subckt pfet d g s b
+ w=1u l=1u m=1 dvth=0 dbeta=0
.ends pfet
"""


@pytest.fixture
def technology_from(tmp_path, monkeypatch):
    """Load a technology of a user that differs from generic180 in cards and in some fields."""

    def load(cards=CARDS, **changes):
        folder = tmp_path / "technologies" / "mine"
        folder.mkdir(parents=True)
        fields = yaml.safe_load((GENERIC / "technology.yaml").read_text()) | changes
        (folder / "technology.yaml").write_text(yaml.safe_dump(fields))
        if cards is not None:
            (folder / "cards.lib").write_text(cards)
        monkeypatch.setenv("HWSIM_TECHNOLOGIES", str(tmp_path / "technologies"))
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
    assert technology.card_text() == CARDS
    assert load_technology("generic180").name == "generic180"


def test_a_folder_of_technologies_that_does_not_exist(monkeypatch):
    monkeypatch.setenv("HWSIM_TECHNOLOGIES", "nowhere")
    with pytest.raises(InputError, match="nowhere: is not a folder"):
        load_technology("generic180")


@pytest.mark.parametrize(
    ("cards", "message"),
    [
        (None, "cannot read: No such file"),
        (CARDS.replace(".lib tt", ".lib typical"), "has no section '.lib tt'"),
        (CARDS.replace("pfet d", "pmos d"), "has no .subckt pfet"),
        (CARDS.replace("nfet d g s b", "nfet d s g b"), ".subckt nfet has other terminals"),
        (CARDS.replace(" dbeta=0", "", 1), ".subckt nfet lacks the parameter dbeta"),
        (CARDS + ".lib '<<models>>' typical\n", "line 10: '<<models>>' stands for no file"),
        (CARDS + ".lib '/pdk/models' typical\n", "leads outside the netlist's folder"),
        (CARDS + ".control\n", "makes ngspice execute commands"),
    ],
)
def test_cards_that_templates_cannot_use_are_told_with_their_file(technology_from, cards, message):
    technology = technology_from(cards, corners=["tt"])
    with pytest.raises(InputError) as caught:
        technology.card_text()
    assert message in str(caught.value)
    assert "cards.lib" in caught.value.where


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


def test_mismatch_is_that_of_pelgrom():
    mismatch = load_technology("generic180").mismatch
    one = mismatch.spread("nfet", 1e-6, 4e-6)
    assert (one.vth, one.beta) == pytest.approx((2.5e-3, 5e-3))
    four = mismatch.spread("nfet", 1e-6, 4e-6, units=4)
    assert (four.vth, four.beta) == pytest.approx((one.vth / 2, one.beta / 2))


@pytest.mark.parametrize(
    ("device", "a_vth", "a_beta"), [("nfet", 7.148e-9, 7.008e-9), ("pfet", 6.66e-9, 2.833e-9)]
)
def test_mismatch_of_a_foundry_is_what_its_own_subcircuits_draw(device, a_vth, a_beta):
    """0.7071 par 1u / sqrt((l - 0.15u) (w + 0.1u)), section fets_mm of the models."""
    spread = load_technology("gf180mcuD").mismatch.spread(device, 0.5e-6, 1e-6)
    root = (0.85e-6 * 0.6e-6) ** 0.5
    assert spread.vth == pytest.approx(0.7071 * a_vth / root, rel=1e-3)
    assert spread.beta == pytest.approx(0.7071 * a_beta / root, rel=1e-3)


def test_a_transistor_that_is_smaller_than_its_offsets():
    with pytest.raises(InputError, match="a transistor of 1 um/100 nm is too small"):
        load_technology("gf180mcuD").mismatch.spread("nfet", 1e-6, 1e-7)


def test_a_range_holds_its_ends():
    span = Range(least=1.0, most=1.8)
    assert 1.0 in span
    assert 1.8 in span
    assert 0.99 not in span


def test_the_page_of_technologies_has_every_field():
    page = (Path(__file__).resolve().parents[2] / "docs" / "technologies.md").read_text()
    for schema, prefix in ((Technology, ""), (Pdk, "pdk."), (Mismatch, "mismatch.")):
        for name, field in schema.model_fields.items():
            if not (field.exclude or name in ("pdk", "mismatch")):
                assert f"`{prefix}{name}`" in page, name
    for name in BiasVoltages.model_fields:
        assert f"`{name}`" in page
