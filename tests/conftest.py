"""Small networks with weights from a seed, and what is compiled from them."""

from pathlib import Path

import numpy as np
import pytest

from hwsim.checkpoints.checkpoint import Checkpoint
from hwsim.checkpoints.header import CheckpointHeader
from hwsim.checkpoints.tensors import expected_shapes
from hwsim.circuits.circuit_set import choose_templates, load_circuits
from hwsim.circuits.export import Export, write_export
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.testbench import Conditions
from hwsim.data.sequences import Sequences
from hwsim.design.compile import compile_design, unit_kind
from hwsim.design.design import Measured
from hwsim.design.options import CompileOptions
from hwsim.engines.behavioural import BehaviouralEngine
from hwsim.engines.chip_model import chip_model
from hwsim.engines.reading import Reading
from hwsim.engines.result_store import ResultStore
from hwsim.engines.trace import Waveform
from hwsim.engines.transients import Transients
from hwsim.spice import program_version


def _network(
    kind="saturating_cmru",
    *,
    channels=2,
    units=2,
    classes=2,
    blocks=1,
    readout="mean",
    half_range=3,
    seed=0,
    tensors=None,
) -> Checkpoint:
    header = CheckpointHeader.model_validate(
        {
            "cell": {
                "kind": kind,
                "levels_half": half_range if kind == "saturating_cmru" else None,
            },
            "channels": channels,
            "units": units,
            "blocks": blocks,
            "classes": tuple(f"class {index}" for index in range(classes)),
            "readout": readout,
            "task": "toy",
            "normalisation": {
                "mean": tuple(0.1 * index for index in range(channels)),
                "scale": tuple(1.0 + 0.5 * index for index in range(channels)),
                "clip": 3.0,
            },
            "metrics": {"train": 1.0, "validation": 1.0, "test": 1.0},
            "seed": seed,
            "versions": {"hwsim": "0", "torch": "2", "numpy": "2", "python": "3"},
            "recipe": {},
            "command": "hwsim train toy",
        }
    )
    rng = np.random.default_rng(seed)
    values = {}
    for name, shape in expected_shapes(header).items():
        if name.endswith(("alpha", "beta")):
            values[name] = rng.uniform(0.3, 0.8, shape)
        elif name.endswith("beta_low"):
            values[name] = values[name.removesuffix("_low")] * rng.uniform(0.3, 0.8, shape)
        else:
            values[name] = rng.normal(0, 0.2 if name.endswith("bias") else 0.8, shape)
    return Checkpoint(header, values | (tensors or {}))


FIGURES = {
    "cmru": {"trip_up": 1.002, "trip_down": 1.018, "level": 1.023, "decision_charge": 2e-14},
    "fq_bmru": {
        "threshold_high": 0.993,
        "threshold_low": 1.026,
        "level": 1.027,
        "rise_charge": 2e-14,
        "fall_charge": 1.5e-14,
    },
}
"""Figures of cells as a datasheet holds them; none of them is 1, so that each is missed."""


def _measured(kind, **changes):
    return Measured(template="toy", datasheet="0", figures=FIGURES[kind] | changes)


def _compiled(checkpoint, **options):
    figures = options.pop("figures", {})
    templates = choose_templates(options.pop("templates", {}))
    chosen = CompileOptions(**{"bits": 5, "templates": templates} | options)
    measured = _measured(unit_kind(checkpoint), **figures)
    return compile_design(checkpoint, chosen, measured, name="toy")


def _recordings(channels=2, lengths=(7, 4, 5), classes=2, seed=0) -> Sequences:
    rng = np.random.default_rng(seed)
    values = rng.normal(0, 1.2, (len(lengths), max(lengths), channels))
    labels = np.arange(len(lengths)) % classes
    return Sequences(
        values, np.array(lengths), labels, tuple(f"class {index}" for index in range(classes))
    )


@pytest.fixture(scope="session")
def network():
    """Make a checkpoint of a kind and of sizes, with numbers from a seed."""
    return _network


@pytest.fixture(scope="session")
def compiled():
    """Compile a checkpoint to 5 bits with the default templates, changed options and figures."""
    return _compiled


@pytest.fixture(scope="session")
def recordings():
    """Make unlike sequences from a seed."""
    return _recordings


@pytest.fixture(scope="session", params=["saturating_cmru", "fq_bmru"])
def cell_kind(request):
    """Each kind of cell that a circuit can be made of."""
    return request.param


@pytest.fixture(scope="session")
def design(cell_kind):
    """A network of two inputs, three cells and two outputs, once with each kind of cell."""
    return _compiled(_network(cell_kind, units=3))


def _write_data(path, sequences) -> Path:
    """A task of the user's own, the same recordings for training and test."""
    arrays = {"x": sequences.values, "y": sequences.labels, "length": sequences.lengths}
    both = {f"{name}_{part}": each for name, each in arrays.items() for part in ("train", "test")}
    np.savez(path, **both)
    return path


def _finish(export, sequences, conditions=None, population=None, chip=0, flipped=()):
    """Results of ngspice that never ran: what the behavioural engine does, some states flipped."""
    conditions = conditions or Conditions()
    design = export.design
    model = chip_model(design, export.circuits, population, conditions)
    trace = BehaviouralEngine(model, population, chip).run(design, sequences)
    netlist = write_netlist(design, export.circuits)
    made = Transients(design, netlist, export.circuits, conditions, population)
    for index, transient in enumerate(made.of(sequences, [chip])):
        steps = int(sequences.lengths[index])
        current = {name: s.current[index, :steps] for name, s in trace.stages.items()}
        states = {
            name: s.state[index, :steps].copy()
            for name, s in trace.stages.items()
            if s.state is not None
        }
        for stage, step, unit in flipped if index == 0 else ():
            states[stage][step, unit] = 1 - states[stage][step, unit]
        time = np.linspace(0, steps * trace.step, 5 * steps + 1)
        places = np.minimum((time / trace.step).astype(int), steps - 1)
        reading = Reading(
            current=current,
            state=states,
            supply_current={p: c[index, :steps] for p, c in trace.supply_current.items()},
            waveform=Waveform(time, {name: each[places] for name, each in current.items()}),
            violations=(),
            seconds=1.0,
        )
        ResultStore(export.results).save(transient.key(program_version()), reading)


@pytest.fixture(scope="session")
def write_data():
    """Write sequences as a ``.npz`` that ``--data`` takes."""
    return _write_data


@pytest.fixture(scope="session")
def small_export():
    """Write a design as an export folder and read it back."""

    def make(folder, design):
        circuits = load_circuits(design)
        write_export(folder, design, circuits, np.zeros((1, design.stages[0].size)))
        return Export(folder, design, circuits)

    return make


@pytest.fixture(scope="session")
def finish():
    """Leave results in an export as ngspice would, without running it."""
    return _finish
