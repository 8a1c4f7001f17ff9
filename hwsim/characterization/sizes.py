"""The transistors of a template with the sizes that ngspice gives them."""

from __future__ import annotations

from collections.abc import Mapping

from hwsim.characterization.bench import Bench
from hwsim.characterization.complaint import cannot_be_simulated
from hwsim.characterization.devices import element_of, transistor_paths
from hwsim.characterization.experiment import Experiment, Findings, merged
from hwsim.characterization.grid import NOMINAL
from hwsim.characterization.kinds import KINDS
from hwsim.characterization.laboratory import Job, Laboratory, Progress
from hwsim.circuits.datasheet import Device
from hwsim.spice import Result


def measure_devices(
    laboratory: Laboratory, bench: Bench, on_progress: Progress | None = None
) -> dict[str, Device]:
    """Every transistor of a template by its path.

    Raises:
        InputError: ngspice does not accept the circuit, or finds no operating point.
    """
    types = transistor_paths(bench.template, bench.text)
    jobs = []
    for static in KINDS[bench.template.kind].statics:
        placed = {path: element_of(static.places, path) for path in types}
        elements = {path: element for path, element in placed.items() if element is not None}
        jobs.append(Job(size_experiment(static.experiment(bench, NOMINAL), elements)))
    found = merged([each.drawn for each in laboratory.run(jobs, on_progress)])
    if found.absent:
        raise cannot_be_simulated(bench, next(iter(found.absent.values())))
    return {
        path: Device(
            type=types[path],
            width=found.figures[f"{path} w"],
            length=found.figures[f"{path} l"],
            units=found.figures[f"{path} m"],
        )
        for path in types
    }


def size_experiment(experiment: Experiment, elements: Mapping[str, str]) -> Experiment:
    """The same circuit, asked for the sizes of its transistors.

    Args:
        experiment: a circuit and a sweep of it.
        elements: path -> transistor in the deck.
    """
    # `.end` and `.ends` begin alike: the ends of subcircuits stay.
    circuit = [
        line
        for line in experiment.text.splitlines()
        if not line.startswith(".dc") and line.strip() != ".end"
    ]
    wanted = {f"{path} {name}": f"@{elements[path]}[{name}]" for path in elements for name in "wlm"}
    saves = [f".save {vector}" for vector in wanted.values()]

    def read(result: Result) -> Findings:
        return Findings(
            {name: float(result.vector(vector, "op")[0]) for name, vector in wanted.items()}
        )

    text = "\n".join([*circuit, *saves, ".op", ".end"]) + "\n"
    return Experiment(text, tuple(wanted), read, ("op",))
