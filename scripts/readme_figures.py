"""Write the figures of a demo into the README.

make demo
python scripts/readme_figures.py runs/demo/summary.json
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from marked_block import table, with_block

from hwsim.foundation.quantities import format_quantity

README = Path(__file__).resolve().parents[1] / "README.md"
BEGIN = "<!-- figures: begin (scripts/readme_figures.py) -->"
END = "<!-- figures: end -->"
ENGINES = ("ideal", "behavioural", "ngspice")
PAIRS = ("ngspice_vs_behavioural", "ngspice_vs_ideal", "behavioural_vs_ideal")

Summary = dict[str, Any]


def figures(summary: Summary) -> str:
    """The tables of a summary that `hwsim demo` wrote, as Markdown.

    Raises:
        KeyError: a figure is missing.
    """
    parts = (_network(summary), _by_engine(summary), _by_pair(summary), _single_steps(summary))
    return "\n\n".join(parts)


def with_figures(readme: str, text: str) -> str:
    """The README with `text` between its two markers.

    Raises:
        ValueError: the markers are not there, once each and in order.
    """
    return with_block(readme, BEGIN, END, text)


def _network(summary: Summary) -> str:
    cell = summary["cell"].upper().replace("_", "-")
    return (
        f"{summary['units']} {cell} cells of {summary['levels']} levels, "
        f"{summary['transistors']} transistors in {summary['technology']}, "
        f"{summary['bits']}-bit weights. ngspice runs {summary['samples']['ngspice']} of the "
        f"{summary['samples']['ideal']} test recordings."
    )


def _by_engine(summary: Summary) -> str:
    intervals = summary["accuracy_interval"]
    accuracy = [
        f"{summary['accuracy'][name]:.1%} ({intervals[name][0]:.1%} to {intervals[name][1]:.1%})"
        for name in ENGINES
    ]
    power = [
        format_quantity(summary["power_watts"][name], "W") for name in ("behavioural", "ngspice")
    ]
    energy = format_quantity(summary["energy_joules_per_inference"], "J")
    return table(
        ("", *ENGINES),
        [
            ("recordings", *(summary["samples"][name] for name in ENGINES)),
            ("accuracy (95 % interval)", *accuracy),
            ("supply power, on the recordings of ngspice", "", *power),
            ("energy of an inference", "", "", energy),
        ],
    )


def _by_pair(summary: Summary) -> str:
    rows = (
        ("same decisions", "decision_agreement"),
        ("same states, cell x step", "state_agreement"),
        ("rms difference of the outputs", "output_error"),
    )
    return table(
        ("", *(pair.replace("_vs_", " and ") for pair in PAIRS)),
        [(what, *(f"{summary[key][pair]:.2%}" for pair in PAIRS)) for what, key in rows],
    )


def _single_steps(summary: Summary) -> str:
    errors = summary["step_errors"]
    text = (
        "Single steps of ngspice that follow from the state before them: "
        f"{summary['single_step_agreement']:.2%}."
    )
    if errors:
        farthest = max(error["distance"] for error in errors)
        text += (
            f" Of the {len(errors)} that do not, the farthest candidate is {farthest:.2%} of its "
            "threshold away from it."
        )
    return text


@click.command()
@click.argument("summary", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--readme",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=README,
    help="The file to rewrite.  [default: README.md of this repository]",
)
def main(summary: Path, readme: Path) -> None:
    """Rewrite the block of figures in the README from SUMMARY, a demo's summary.json."""
    try:
        text = figures(json.loads(summary.read_text(encoding="utf-8")))
    except (ValueError, KeyError, TypeError) as error:
        raise click.ClickException(f"{summary} is not the summary of a demo: {error}") from None
    try:
        rewritten = with_figures(readme.read_text(encoding="utf-8"), text)
    except ValueError as error:
        raise click.ClickException(f"{readme}: {error}") from None
    readme.write_text(rewritten, encoding="utf-8")


if __name__ == "__main__":
    main()
