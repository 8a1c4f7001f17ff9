"""The transistors of a chip against the netlist that is written of it."""

import re

import pytest

from hwsim.chips.devices import chip_devices, device_spreads
from hwsim.circuits.circuit_set import CircuitSet, load_circuits
from hwsim.circuits.netlist import write_netlist

TEMPLATES = [
    ("saturating_cmru", {}),
    ("saturating_cmru", {"mirror": "mirror_plain"}),
    ("saturating_cmru", {"cmru": "cmru_ladder_matched"}),
    ("fq_bmru", {}),
    ("fq_bmru", {"mirror": "mirror_plain", "fq_bmru": "fq_bmru_matched"}),
]

TYPES = ("nfet", "pfet")
UNITS = {"u": "e-6", "n": "e-9", "p": "e-12", "f": "e-15"}


def _number(text, names):
    """A second reading of sizes: Python's own arithmetic on the network's text."""
    plain = re.sub(r"(?<![\w.])([\d.]+)([unpf])\b", lambda m: m[1] + UNITS[m[2]], text.strip("{}"))
    return float(eval(plain, {"__builtins__": {}}, dict(names)))  # noqa: S307 - our own netlists


def _subcircuits(files):
    """Subcircuit -> parameters with defaults, and instances: name, model, parameters."""
    text = "\n".join(files.values()).lower()
    text = re.sub(r"\n\+", " ", re.sub(r"(?m)^\*.*\n", "", text))
    found, current, shared = {}, None, {}
    for line in text.splitlines():
        words = re.findall(r"(?:[^\s{}]|\{[^}]*\})+", line.split(";")[0])
        values = dict(word.split("=", 1) for word in words if "=" in word)
        bare = [word for word in words if "=" not in word]
        if not words:
            continue
        if words[0] == ".subckt":
            current = found.setdefault(bare[1], (values, []))
        elif words[0] == ".ends":
            current = None
        elif words[0] == ".param" and current is None:
            shared |= values
        elif words[0].startswith("x") and current is not None:
            current[1].append((bare[0], bare[-1], values))
    sizes = {name: _number(shared[name], {}) for name in ("w_unit", "l_unit")}
    return found, sizes


def _flat(found, shared, name, given, path):
    defaults, instances = found[name]
    known = dict(shared)
    for key, text in defaults.items():
        known[key] = given[key] if key in given else _number(text, known)
    for instance, model, values in instances:
        own = {key: _number(text, known) for key, text in values.items()}
        place = f"{path}.{instance}"
        if model in TYPES:
            yield place, (model, own["w"], own["l"], own.get("m", 1.0))
        else:
            yield from _flat(found, shared, model, own, place)


@pytest.mark.parametrize(("kind", "templates"), TEMPLATES)
def test_they_are_those_of_the_written_netlist(shipped_design, kind, templates):
    design = shipped_design(kind, **templates)
    circuits = load_circuits(design)
    found, shared = _subcircuits(write_netlist(design, circuits).files)
    written = dict(_flat(found, shared, "network", {}, "xnetwork"))
    devices = chip_devices(design, circuits)
    assert [each.path for each in devices] == list(written), "every one, in the same order"
    for each in devices:
        assert (each.type, each.width, each.length, each.units) == pytest.approx(
            written[each.path]
        ), each.path


def test_each_is_named_as_in_its_datasheet(shipped_one, circuits, datasheets):
    devices = chip_devices(shipped_one, circuits)
    for each in devices:
        assert each.path.startswith(f"{each.instance}.")
        if each.kind in ("bias", "cmru"):
            continue
        drawn = datasheets[each.kind].devices[each.name]
        assert (drawn.type, drawn.width, drawn.length) == pytest.approx(
            (each.type, each.width, each.length)
        )
    names = {each.name for each in devices if each.kind == shipped_one.cells[0].kind}
    assert names == set(datasheets[shipped_one.cells[0].kind].devices)


def test_units_average_their_deviations(shipped_one, circuits):
    devices = chip_devices(shipped_one, circuits)
    spreads = device_spreads(devices, circuits.technology)
    mismatch = circuits.technology.mismatch
    rows = [each for each in devices if each.name == "source.xmirror"]
    assert len({each.units for each in rows}) > 3
    for each in rows:
        one = mismatch.spread(each.type, each.width, each.length)
        expected = (one.vth / each.units**0.5, one.beta / each.units**0.5)
        assert spreads[each.path] == pytest.approx(expected)


def test_a_template_says_which_of_them_differ(shipped_one, circuits):
    mirror = circuits.templates["mirror"].model_copy(update={"mismatch": ("xmirror",)})
    some = CircuitSet(circuits.technology, {**circuits.templates, "mirror": mirror})
    left = {each.name for each in chip_devices(shipped_one, some) if each.kind == "mirror"}
    assert left == {"source.xmirror", "sink.xmirror"}
