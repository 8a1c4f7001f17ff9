"""The transistors of a real process, in ngspice and from the PDK beside the repository.

The PDK is looked for where PDK_ROOT says, and in ``../shared/pdk``.
"""

import importlib
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from hwsim.characterization.bench import bench_of
from hwsim.characterization.cache import MeasurementCache
from hwsim.characterization.laboratory import Job, Laboratory
from hwsim.characterization.ladder_transient import sequence_experiment
from hwsim.characterization.point import Point
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.export import write_export
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.ngspice import NgspiceEngine
from hwsim.foundation.errors import InputError
from hwsim.spice import WorkerPool

NAME = "gf180mcuD"
MODELS = Path(NAME, "libs.tech", "ngspice", "sm141064.ngspice")
REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def root():
    """Folder of the installed PDKs."""
    named = os.environ.get("PDK_ROOT")
    found = Path(named) if named else REPOSITORY.parent / "shared" / "pdk"
    if not (found / MODELS).is_file():
        pytest.skip(f"no {NAME} in {found}")
    return found


@pytest.fixture(scope="module")
def technology(root):
    return load_technology(NAME, root)


@pytest.fixture(scope="module")
def script():
    """The script that measures technologies."""
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(REPOSITORY / "scripts")
        yield importlib.import_module("measure_technology")


@pytest.fixture(scope="module")
def table(script, technology, tmp_path_factory):
    """Transistors of the process on a table."""
    with WorkerPool(1, timeout_seconds=60.0) as pool:
        yield script.Table(technology, tmp_path_factory.mktemp("table"), pool)


def drain_currents(table, devices, corner="tt"):
    """Drain currents at |Vds| = 0.6 V in one operating point, A.

    Args:
        table: runs them.
        devices: of each the type, its parameters, and |Vgs| in V.
        corner: of all.
    """
    lines = []
    for index, (kind, parameters, gate) in enumerate(devices):
        sign = 1 if kind == "nfet" else -1
        lines += [
            f"Vg{index} g{index} 0 {gate * sign}",
            f"Vd{index} d{index} 0 {0.6 * sign}",
            f"Xm{index} d{index} g{index} 0 0 {kind} w=1u l=5u {parameters}",
        ]
    result = table.transistors([*lines, ".op"], "op", corner)
    return [abs(float(result.vector(f"i(vd{i})", "op")[0])) for i in range(len(devices))]


@pytest.mark.spice
@pytest.mark.parametrize("kind", ["nfet", "pfet"])
def test_a_deviation_is_what_it_is_called_for_either_type(table, kind):
    """dvth is as good as that much less on the gate, dbeta scales the current, m counts."""
    devices = [(kind, parameters, 0.45) for parameters in ("", "dvth=5m", "dbeta=0.1", "m=3")]
    plain, weak, beta, three, less = drain_currents(table, [*devices, (kind, "", 0.445)])
    assert weak < 0.9 * plain
    assert weak == pytest.approx(less, rel=0.02)
    assert beta / plain == pytest.approx(1.1, rel=0.02)
    assert three / plain == pytest.approx(3.0, rel=1e-6)


@pytest.mark.spice
def test_corners_are_ordered_and_cross_where_they_should(table, technology):
    devices = [("nfet", "", 0.45), ("pfet", "", 0.45)]
    n, p = {}, {}
    for corner in technology.corners:
        n[corner], p[corner] = drain_currents(table, devices, corner)
    assert n["ff"] > n["fs"] > n["tt"] > n["sf"] > n["ss"]
    assert p["ff"] > p["sf"] > p["tt"] > p["fs"] > p["ss"]
    assert n["ff"] > 5 * n["tt"] > 25 * n["ss"]


@pytest.mark.spice
def test_equal_devices_are_equal(table):
    """The PDK's own subcircuits draw a mismatch; the wrapper must not."""
    devices = [(kind, "", 0.45) for kind in ("nfet", "pfet") for _ in range(3)]
    first, second, third, *p = drain_currents(table, devices)
    assert first == second == third
    assert len(set(p)) == 1


@pytest.mark.spice
def test_the_description_says_what_the_transistors_do(script, table, technology):
    found = {one.name: one.value for one in script.transistor_measurements(table)}
    for condition, leakage in technology.leakage.items():
        measured = found[f"transistor 1u/5u: leakage, {condition} C"]
        assert measured == pytest.approx(leakage, rel=0.02)
    for name, expected in (
        ("gate capacitance", technology.gate_capacitance),
        ("slope factor", technology.slope_factor),
        ("weak inversion ends", technology.device_current),
    ):
        assert found[f"transistor 1u/5u: {name}"] == pytest.approx(expected, rel=0.02)


@pytest.mark.spice
def test_a_ladder_counts(technology):
    ladder = bench_of(load_template("cmru_ladder"), technology)
    with (
        WorkerPool(1, timeout_seconds=60.0) as pool,
        Laboratory(ladder, pool, MeasurementCache(None)) as laboratory,
    ):
        (answer,) = laboratory.run([Job(sequence_experiment(ladder, Point()))])
    assert answer.drawn.figures["function"] == 1.0


@pytest.mark.spice
def test_a_splitter_keeps_its_currents_where_headroom_ends(script, table):
    """The gate voltages of the description leave the mirrors at a splitter what they need."""
    for polarity in ("p", "n"):
        gain, node = script.headroom(table, Point("ss", 0.0, 1.08), polarity, 1)
        assert gain == pytest.approx(1.0, abs=0.05)
        assert 0.1 < node < 0.98


@pytest.mark.spice
def test_a_small_network_does_what_the_behavioural_engine_says(
    root, tmp_path, network, compiled, recordings, cell_kind
):
    tiny = compiled(network(cell_kind), technology=NAME)
    circuits = load_circuits(tiny, root)
    sequences = recordings(lengths=(5,))
    found = NgspiceEngine(circuits, tmp_path, workers=1).run(tiny, sequences)
    expected = BehaviouralEngine().run(tiny, sequences)
    assert found.violations == ()
    stage = tiny.cells[0].name
    np.testing.assert_array_equal(found.stages[stage].state, expected.stages[stage].state)
    np.testing.assert_allclose(found.outputs, expected.outputs, atol=0.1e-9)
    power = [one.supply_power(1.2)[0] for one in (found, expected)]
    assert power[0] == pytest.approx(power[1], rel=0.15)


def test_an_export_includes_the_models_where_they_are_and_says_so(
    root, tmp_path, network, compiled
):
    tiny = compiled(network(), technology=NAME)
    target = tmp_path / "export"
    write_export(target, tiny, load_circuits(tiny, root), np.zeros((2, 2)))
    cards = (target / "netlist" / f"{NAME}.lib").read_text()
    assert f".lib '{root / MODELS}' nfet_03v3_t" in cards
    assert ".model" not in cards
    assert "models of the devices are not in here" in (target / "README.md").read_text()


def test_another_version_of_the_models_is_another_netlist(root, tmp_path, technology):
    """Finished simulations are kept by the hash of their netlist."""
    copy = tmp_path / MODELS
    copy.parent.mkdir(parents=True)
    shutil.copy(root / MODELS, copy)
    before = load_technology(NAME, tmp_path).card_text()
    assert before == technology.card_text().replace(str(root), str(tmp_path))
    with copy.open("a") as models:
        models.write("* another version\n")
    assert load_technology(NAME, tmp_path).card_text() != before


@pytest.fixture
def no_pdk(monkeypatch, tmp_path):
    monkeypatch.delenv("PDK_ROOT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def test_a_pdk_is_found_where_the_user_says(no_pdk, monkeypatch):
    for place in (".ciel", "from_variable", "from_option"):
        models = no_pdk / place / MODELS
        models.parent.mkdir(parents=True)
        models.write_text("* models\n")
    text = load_technology(NAME).card_text
    assert str(no_pdk / ".ciel" / MODELS) in text()
    monkeypatch.setenv("PDK_ROOT", str(no_pdk / "from_variable"))
    assert str(no_pdk / "from_variable" / MODELS) in text()
    chosen = load_technology(NAME, no_pdk / "from_option").card_text()
    assert str(no_pdk / "from_option" / MODELS) in chosen
    assert "<<" not in chosen


@pytest.mark.usefixtures("no_pdk")
def test_engines_without_transistors_need_no_pdk(network, compiled, recordings):
    tiny = compiled(network(), technology=NAME)
    assert load_circuits(tiny).technology.name == NAME
    assert len(BehaviouralEngine().run(tiny, recordings())) == 3


def test_a_pdk_that_is_missing_is_told_with_the_way_to_get_it(no_pdk, monkeypatch):
    with pytest.raises(InputError) as caught:
        load_technology(NAME).card_text()
    assert caught.value.what == f"no PDK {NAME} in ~/.ciel (PDK_ROOT is not set)"
    assert "ciel enable --pdk-family gf180mcu" in caught.value.hint
    assert "--pdk-root" in caught.value.hint
    monkeypatch.setenv("PDK_ROOT", str(no_pdk / "nowhere"))
    with pytest.raises(InputError, match=r"nowhere \(PDK_ROOT\)"):
        load_technology(NAME).card_text()
    with pytest.raises(InputError, match=r"elsewhere \(--pdk-root\)"):
        load_technology(NAME, no_pdk / "elsewhere").card_text()


def test_a_folder_that_is_not_the_pdk_is_told_with_the_file_it_lacks(no_pdk):
    home = no_pdk / "pdks" / NAME
    home.mkdir(parents=True)
    with pytest.raises(InputError) as caught:
        load_technology(NAME, no_pdk / "pdks").card_text()
    assert caught.value.where == str(home)
    assert "it has no file libs.tech/ngspice/sm141064.ngspice" in caught.value.what


def test_who_names_the_pdk_instead_of_its_root_is_told(no_pdk):
    home = no_pdk / "pdks" / NAME
    (home / "libs.tech").mkdir(parents=True)
    with pytest.raises(InputError) as caught:
        load_technology(NAME, home).card_text()
    assert caught.value.hint == f"name the folder above it: {no_pdk / 'pdks'}"


@pytest.mark.parametrize("name", ["my pdks", "p$1", "it's", "a;b"])
def test_a_path_that_ngspice_cannot_read_is_refused(no_pdk, name):
    models = no_pdk / name / MODELS
    models.parent.mkdir(parents=True)
    models.write_text("* models\n")
    with pytest.raises(InputError, match="blanks or special characters") as caught:
        load_technology(NAME, no_pdk / name).card_text()
    assert caught.value.where == str(models)
