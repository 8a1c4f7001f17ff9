"""Measure the library's templates into the datasheets that ship with hwsim.

    python scripts/make_datasheets.py                     # all that are stale, on generic180
    python scripts/make_datasheets.py fq_bmru_9t          # one template
    python scripts/make_datasheets.py --technology gf180mcuD --pdk-root FOLDER

A datasheet is stale when its template, a template around it, the technology or the code of the
testbenches has changed; comments and specifications do not count.
"""

from __future__ import annotations

from pathlib import Path

import click

from hwsim.characterization.characterize import characterize
from hwsim.characterization.kinds import KINDS
from hwsim.characterization.store import find_datasheet, shipped_path
from hwsim.circuits.datasheet import datasheet_json
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.foundation.assets import shipped
from hwsim.foundation.files import write_text


def library() -> list[str]:
    """Templates that ship and are measured."""
    names = sorted(path.parent.name for path in shipped("netlists").glob("templates/*/*.yaml"))
    return [name for name in names if load_template(name).kind in KINDS]


@click.command()
@click.argument("names", nargs=-1)
@click.option("--technology", "node", default="generic180", show_default=True)
@click.option("--pdk-root", type=click.Path(path_type=Path), help="Folder of the installed PDKs.")
def main(names: tuple[str, ...], node: str, pdk_root: Path | None) -> None:
    """Write netlists/datasheets/TECHNOLOGY/TEMPLATE.json."""
    technology = load_technology(node, pdk_root)
    for name in names or library():
        template = load_template(name)
        path = shipped_path(name, node)
        if find_datasheet(template, technology) is None or not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True)
            write_text(path, datasheet_json(characterize(template, technology)))
            click.echo(f"{name}: measured")


if __name__ == "__main__":
    main()
