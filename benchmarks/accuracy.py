"""Test accuracy of recipes over seeds, every seed in the state that the validation set chose.

    python benchmarks/accuracy.py [NAME ...] [--seeds 5] [--out FOLDER] [--json]

Each NAME is a file in `benchmarks/recipes`; without one, all are run. Every seed is what

    hwsim train --config benchmarks/recipes/NAME.yaml --seeds 1 --seed N --out FILE

makes, and the table counts the test accuracy in the header of every such file: no seed is left out
and none is chosen. What has finished is kept in FOLDER, under a name that changes with the recipe,
so the same command goes on where it was stopped.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import statistics
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

import click

from hwsim.checkpoints.checkpoint import Checkpoint, load_checkpoint
from hwsim.cli.main import main as hwsim

RECIPES = Path(__file__).resolve().parent / "recipes"


@dataclass(frozen=True, slots=True)
class Row:
    """What the seeds of a recipe reached; accuracies are fractions.

    Attributes:
        recipe: its name.
        parameters: of the network.
        validation: accuracy of each seed on the validation set.
        test: the same on the test set.
    """

    recipe: str
    parameters: int
    validation: tuple[float, ...]
    test: tuple[float, ...]

    def __str__(self) -> str:
        """A row of the table, in percent."""
        seeds = ", ".join(f"{100 * each:.1f}" for each in self.test)
        spread = statistics.stdev(self.test) if len(self.test) > 1 else 0.0
        cells = (
            f"`{self.recipe}`",
            str(self.parameters),
            f"{100 * statistics.mean(self.validation):.1f}",
            f"**{100 * statistics.mean(self.test):.1f}**",
            f"{100 * spread:.1f}",
            f"{100 * min(self.test):.1f}",
            seeds,
        )
        return f"| {' | '.join(cells)} |"


HEAD = """\
| recipe | parameters | validation, mean | test, mean | spread | worst | seeds |
|---|---|---|---|---|---|---|"""


def trained(recipe: Path, seed: int, folder: Path) -> Checkpoint:
    """The checkpoint of one seed, made by `hwsim train` where it is not there yet.

    Raises:
        click.ClickException: the training failed.
    """
    content = hashlib.sha256(recipe.read_bytes()).hexdigest()[:8]
    path = folder / f"{recipe.stem}-{content}" / f"seed_{seed}.safetensors"
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.is_file():
        words = ["train", "--config", str(recipe), "--seeds", "1", "--seed", str(seed)]
        with contextlib.redirect_stdout(sys.stderr):
            code = hwsim([*words, "--out", str(path)])
        if code != 0:
            raise click.ClickException(f"seed {seed} of {recipe.stem} did not train")
    return load_checkpoint(path)


def row(recipe: Path, seeds: int, folder: Path) -> Row:
    """What seeds from 0 on reach."""
    found = [trained(recipe, seed, folder) for seed in range(seeds)]
    metrics = [each.header.metrics for each in found]
    return Row(
        recipe=recipe.stem,
        parameters=sum(tensor.size for tensor in found[0].tensors.values()),
        validation=tuple(each.validation or 0.0 for each in metrics),
        test=tuple(each.test or 0.0 for each in metrics),
    )


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--seeds", type=click.IntRange(min=1), default=5, show_default=True)
@click.option("--out", type=click.Path(path_type=Path), default=Path("runs/accuracy"))
@click.option("--json", "as_json", is_flag=True, help="print one JSON object")
def main(names: tuple[str, ...], seeds: int, out: Path, as_json: bool) -> None:
    """Train recipes from several seeds and print a table of their test accuracies."""
    known = {path.stem: path for path in sorted(RECIPES.glob("*.yaml"))}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise click.ClickException(f"no recipe {unknown[0]}; there are {', '.join(known)}")
    rows = [row(known[name], seeds, out) for name in names or known]
    if as_json:
        click.echo(json.dumps([asdict(each) for each in rows]))
    else:
        click.echo("\n".join([HEAD, *map(str, rows)]))


if __name__ == "__main__":
    main()
