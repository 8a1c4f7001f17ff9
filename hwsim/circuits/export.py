"""The export folder: a design, its netlist, and a note on what to do with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hwsim.circuits.circuit_set import CircuitSet, load_circuits
from hwsim.circuits.limits import design_limits, require_operating_range
from hwsim.circuits.netlist import write_netlist
from hwsim.circuits.technology import Technology
from hwsim.circuits.testbench import DECK, Conditions, input_text, testbench_text
from hwsim.circuits.transistors import count_transistors
from hwsim.design.design import Design
from hwsim.design.rules import Finding, check_design
from hwsim.design.store import design_json, read_design
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import replaced_folder, write_text

DESIGN_FILE = "design.json"
"""The file by which an export folder is known."""

RESULTS = "results"
"""Folder inside an export in which finished simulations are kept."""


@dataclass(frozen=True, slots=True)
class Export:
    """An export folder, read back.

    Attributes:
        folder: where it lies.
        design: the network.
        circuits: its technology and templates.
    """

    folder: Path
    design: Design
    circuits: CircuitSet

    @property
    def results(self) -> Path:
        """Folder of finished simulations."""
        return self.folder / RESULTS


@dataclass(frozen=True, slots=True)
class ExportSummary:
    """What an export made.

    Attributes:
        transistors: in the network, bias included.
        findings: of the design rules.
        files: names of the SPICE files.
    """

    transistors: int
    findings: tuple[Finding, ...]
    files: tuple[str, ...]


def check_before_export(design: Design, circuits: CircuitSet) -> tuple[Finding, ...]:
    """Run the design rules and refuse a chip that cannot work.

    Raises:
        InputError: an operating point out of range, or a rule that finds an error.
    """
    require_operating_range(design, circuits.technology)
    findings = check_design(design, design_limits(circuits.technology))
    for finding in findings:
        if finding.severity == "error":
            raise InputError(f"{finding.rule}: {finding.message}")
    return findings


def write_export(
    target: Path, design: Design, circuits: CircuitSet, sample: NDArray[np.float64]
) -> ExportSummary:
    """Write an export folder, whole or not at all; results of an earlier one are kept.

    Args:
        target: the folder.
        design: the network.
        circuits: its technology and templates.
        sample: input currents of the deck that is written along, A, [step, channel].

    Raises:
        InputError: a folder that is not ours, or a design that cannot work.
    """
    findings = check_before_export(design, circuits)
    netlist = write_netlist(design, circuits)
    files = {
        **netlist.files,
        "inputs.spice": input_text(design, sample),
        DECK: testbench_text(design, netlist, circuits.technology, Conditions(), len(sample)),
    }
    summary = ExportSummary(count_transistors(netlist.files), findings, tuple(files))
    with replaced_folder(target, marker=DESIGN_FILE, keep=(RESULTS,)) as folder:
        (folder / "netlist").mkdir()
        for name, text in files.items():
            write_text(folder / "netlist" / name, text)
        write_text(folder / DESIGN_FILE, design_json(design))
        write_text(folder / "README.md", _readme(design, circuits.technology, summary, len(sample)))
    return summary


def load_export(folder: Path, pdk_root: Path | None = None) -> Export:
    """Read an export folder.

    Args:
        folder: made by `write_export`.
        pdk_root: folder of the installed PDKs (`Pdk.locate`).

    Raises:
        InputError: not an export, or one that does not fit this version of hwsim.
    """
    if not (folder / DESIGN_FILE).is_file():
        raise InputError(
            f"has no {DESIGN_FILE}",
            where=str(folder),
            hint="make an export with `hwsim export CHECKPOINT --out DIR`",
        )
    design = read_design(folder / DESIGN_FILE)
    return Export(folder, design, load_circuits(design, pdk_root))


def _readme(design: Design, technology: Technology, summary: ExportSummary, steps: int) -> str:
    operating = design.operating
    rows = _table(
        ("stage", "kind", "units", "diode"),
        [(s.name, s.kind, s.size, s.diode_units) for s in design.stages],
    )
    rules = _table(
        ("rule", "result", "what"),
        [(f.rule, f.severity, f.message) for f in summary.findings],
    )
    return f"""# {design.name}

Hardware description of a network trained on `{design.provenance.task}`, made by hwsim
{design.provenance.hwsim} from the checkpoint with hash `{design.provenance.checkpoint[:16]}`.

- technology {design.technology}, {summary.transistors} transistors, {design.provenance.bits} bits
- 1.0 in the network is {operating.unit_current:g} A; one step takes {operating.step:g} s;
  supply {operating.supply_voltage:g} V
- `design.json`: the description that every engine runs
- `netlist/`: the same in transistors; `OMP_THREAD_LIMIT=1 ngspice -b {DECK}` in there runs {steps}
  steps of one recording without hwsim and prints the mean output currents and the charge from
  each supply (the limit keeps ngspice from spinning on threads that only slow it down)
{_models_note(technology)}
## Stages
{rows}

## Design rules
{rules}

## Templates
{_table(("kind", "template"), sorted(design.templates.items()))}
"""


def _models_note(technology: Technology) -> str:
    """Where the device models are, for technologies whose models are not in the folder."""
    if technology.pdk is None:
        return ""
    return f"""- the models of the devices are not in here: `netlist/{technology.library}` includes
  those of the PDK {technology.pdk.folder} by their path on the machine of this export; elsewhere,
  export again
"""


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(str(cell) for cell in row)} |" for row in rows]
    return "\n".join(lines)
