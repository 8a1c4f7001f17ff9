"""Shipped and small designs, and a bench that finds their operating points in ngspice."""

import pytest

from hwsim.checkpoints.checkpoint import load_checkpoint
from hwsim.chips.alterations import alterations
from hwsim.chips.datasheets import datasheets_of
from hwsim.circuits import nodes
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.testbench import Conditions, testbench_text
from hwsim.foundation.assets import shipped
from hwsim.spice import Deck, Result, run_deck

MODELS = {
    "saturating_cmru": "japanese_vowels_cmru_k3_d8",
    "fq_bmru": "japanese_vowels_fq_bmru_d8",
}

LEFT_OUT = (".tran", ".measure", ".save", ".ic", ".end", ".include inputs", "xclock")
"""Lines of the testbench that a bench of operating points has its own of, or none."""


@pytest.fixture(scope="session")
def shipped_design(compiled):
    """Compile a shipped network with the templates that are named."""

    def make(kind, **templates):
        checkpoint = load_checkpoint(shipped("models") / f"{MODELS[kind]}.safetensors")
        return compiled(checkpoint, templates=templates)

    return make


@pytest.fixture(scope="session")
def shipped_one(shipped_design, cell_kind):
    """A shipped network of each kind of cell on the default templates."""
    return shipped_design(cell_kind)


@pytest.fixture(scope="session")
def circuits(shipped_one):
    return load_circuits(shipped_one)


@pytest.fixture(scope="session")
def datasheets(circuits):
    return datasheets_of(circuits)


def _bare(text):
    """The testbench without its clock, its inputs and its analyses."""
    kept, is_left_out = [], False
    for line in text.splitlines():
        if not line.startswith("+"):
            is_left_out = line.lower().startswith(LEFT_OUT)
        if not is_left_out:
            kept.append(line)
    return kept


@pytest.fixture(scope="session")
def bench(tmp_path_factory):
    """Run a network, then each chip of a population, with further lines and fixed inputs.

    Clocks stand where ladders hold their levels; ``phi2`` is for the lines to drive.
    """

    def run(design, population, lines, inputs, plot="op"):
        circuits = load_circuits(design)
        netlist = write_netlist(design, circuits)
        text = _bare(testbench_text(design, netlist, circuits.technology, Conditions(), 1))
        unit = design.operating.unit_current
        for channel, value in enumerate(inputs):
            node = nodes.outside(design.stages[0], channel)
            text.append(f"Iinput_{channel} 0 {node} dc {value * unit:.9g}")
        if design.cells[0].kind == "cmru":
            volts = design.operating.supply_voltage
            text += [f"Vphi1 phi1 0 {volts}", "Vphi1b phi1b 0 0", "Vreset reset 0 0"]
        folder = tmp_path_factory.mktemp("bench")
        for name, content in netlist.files.items():
            (folder / name).write_text(content)
        (folder / "bench.spice").write_text("\n".join([*text, *lines, ".end"]) + "\n")
        chips = [alterations(design, circuits, population, k) for k in range(population.count)]
        deck = Deck(folder / "bench.spice", expected_plots=(plot,), variants=tuple(chips))
        drawn = run_deck(deck, timeout_seconds=300)
        assert all(isinstance(variant, Result) for variant in drawn.variants)
        return [drawn, *drawn.variants]

    return run


@pytest.fixture(scope="session")
def held():
    """Lines that hold the states of all cells: ``v(level)`` for ladders, 0 or 1 for others."""

    def lines(design):
        volts = design.operating.supply_voltage
        made = []
        for stage in design.cells:
            half = stage.cell.half_range if stage.kind == "cmru" else 0
            for unit in range(stage.size):
                cell = f"xnetwork.x{stage.name}.xcell_{unit}"
                for step in range(1, 2 * half + 1):
                    name, least = f"hold{unit}_{step}", step - half - 0.5
                    made.append(f"B{name} {name} 0 V={volts}*u(v(level)-({least}))")
                    made.append(f"R{name} {name} {cell}.q{step} 100")
                if not half:
                    made.append(f"Bhold{unit} hold{unit} 0 V={volts}*u(v(level)-0.5)")
                    made.append(f"Rhold{unit} hold{unit} {cell}.state 100")
        return made

    return lines
