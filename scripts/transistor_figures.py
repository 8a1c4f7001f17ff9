"""Write what was measured at transistor level into the README and the page on partitions.

    make truth
    python scripts/transistor_figures.py --verification runs/truth/verification.json
    python scripts/transistor_figures.py --agreement agreement.json --cost cost.json

The first is what `hwsim verify --json` prints, the others are what
`benchmarks/partition_agreement.py --json` and `benchmarks/partition.py --json` write.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click
from marked_block import table, with_block

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
PAGE = ROOT / "docs" / "partition.md"
ENGINES = ("ideal", "behavioural", "ngspice")

Record = dict[str, Any]


def verification(records: Sequence[Record]) -> str:
    """The figures of one `hwsim verify --json` as Markdown.

    Raises:
        KeyError: a figure is missing.
    """
    (record,) = records
    samples, intervals = record["samples"], record["accuracy_interval"]
    accuracy = [
        f"{record['accuracy'][name]:.2%} ({intervals[name][0]:.1%} to {intervals[name][1]:.1%})"
        for name in ENGINES
    ]
    decisions, states = (
        [f"{record[key][f'ngspice_vs_{name}']:.2%}" for name in ENGINES[:2]]
        for key in ("decision_agreement", "state_agreement")
    )
    rows = [
        ("recordings", *(samples[name] for name in ENGINES)),
        ("accuracy (95 % interval)", *accuracy),
        ("same decisions as ngspice", *decisions, ""),
        ("same states, cell x step", *states, ""),
        ("same single steps", "", f"{record['single_step_agreement']:.2%}", ""),
    ]
    head = (
        f"{record['name']} in {record['technology']}: {samples['ngspice']} of the "
        f"{samples['ideal']} test recordings in ngspice, with `--partition {record['partition']}`."
    )
    return f"{head}\n\n{table(('', *ENGINES), rows)}"


def agreement(records: Sequence[Record]) -> str:
    """The figures of runs of ``partition_agreement.py --json`` as Markdown.

    Raises:
        KeyError: a figure is missing.
    """
    head = ("", "decisions", "states that differ", "outputs, rms", "energy of a recording, at most")
    rows = [
        (
            f"{each['name']}, {each['technology']}",
            f"{each['decisions_equal']} of {each['samples']}",
            f"{each['states_differ']} of {each['states']}",
            f"{each['outputs']:.3%}",
            f"{each['energy']:.3%}",
        )
        for record in records
        for each in record["designs"]
    ]
    return table(head, rows)


def cost(records: Sequence[Record]) -> str:
    """The figures of runs of ``partition.py --json`` as Markdown.

    Raises:
        KeyError: a figure is missing; a run without the network in one deck has none.
    """
    head = (
        "cells, steps",
        "load",
        "parts (`cell`): wall, CPU, s",
        "one deck: wall, CPU, s",
        "by wall",
        "by CPU",
        "GiB",
        "states that differ",
    )
    return table(head, [_cost_row(each) for each in records])


def _cost_row(record: Record) -> tuple[object, ...]:
    parts, whole, found = record["cell"], record["none"], record["differences"]
    return (
        f"2 x {record['units']}, {record['steps']}",
        f"{parts['load']:.0f}, {whole['load']:.0f}",
        f"{parts['wall']:.0f}, {parts['cpu']:.0f}",
        f"{whole['wall']:.0f}, {whole['cpu']:.0f}",
        f"{whole['wall'] / parts['wall']:.1f}",
        f"{whole['cpu'] / parts['cpu']:.1f}",
        f"{whole['memory']:.2f}",
        f"{found['states']:.0f} of {found['of']:.0f}",
    )


WRITERS: dict[str, Callable[[Sequence[Record]], str]] = {
    "verification": verification,
    "agreement": agreement,
    "cost": cost,
}


def begin(name: str) -> str:
    """Comment before the block of a name."""
    return f"<!-- {name}: begin (scripts/transistor_figures.py) -->"


def end(name: str) -> str:
    """Comment behind it."""
    return f"<!-- {name}: end -->"


_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--verification", "verified", type=_FILE, default=None, help="Of `hwsim verify`.")
@click.option("--agreement", "agreed", type=_FILE, multiple=True, help="Of the benchmark; again.")
@click.option("--cost", "costs", type=_FILE, multiple=True, help="Of the benchmark; again.")
@click.option("--readme", type=_FILE, default=README, help="[default: README.md]")
@click.option("--page", type=_FILE, default=PAGE, help="[default: docs/partition.md]")
def main(
    verified: Path | None,
    agreed: tuple[Path, ...],
    costs: tuple[Path, ...],
    readme: Path,
    page: Path,
) -> None:
    """Rewrite the blocks of figures of what is given."""
    given = {"verification": (verified,) if verified else (), "agreement": agreed, "cost": costs}
    if not any(given.values()):
        raise click.UsageError("give --verification, --agreement or --cost")
    texts = {name: _text(name, sources) for name, sources in given.items() if sources}
    for name, text in texts.items():
        _write(page, name, text)
    if verified is not None:
        _write(readme, "verification", texts["verification"])


def _text(name: str, sources: Sequence[Path]) -> str:
    """The block of a name; files that were given are read together."""
    try:
        found = [json.loads(source.read_text(encoding="utf-8")) for source in sources]
        return WRITERS[name](found)
    except (ValueError, KeyError, TypeError) as error:
        names = ", ".join(str(source) for source in sources)
        raise click.ClickException(f"{names}: no {name}: {error}") from None


def _write(target: Path, name: str, text: str) -> None:
    try:
        rewritten = with_block(target.read_text(encoding="utf-8"), begin(name), end(name), text)
    except ValueError as error:
        raise click.ClickException(f"{target}: {error}") from None
    target.write_text(rewritten, encoding="utf-8")


if __name__ == "__main__":
    main()
