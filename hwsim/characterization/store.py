"""Where datasheets lie: those that ship, and those that the user has measured."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from hwsim.characterization.bench import bench_of
from hwsim.characterization.cache import cache_folder, make_folder
from hwsim.characterization.identity import Identity, identify
from hwsim.circuits.datasheet import Datasheet, datasheet_json, read_datasheet
from hwsim.circuits.technology import Technology
from hwsim.circuits.template import Template
from hwsim.foundation.assets import shipped
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import write_text


def shipped_path(template: str, technology: str) -> Path:
    """Where the datasheet of a template of the library ships."""
    return shipped("netlists") / "datasheets" / technology / f"{template}.json"


def find_datasheet(template: Template, technology: Technology) -> Datasheet | None:
    """The datasheet of exactly this template on this technology, without a simulation.

    One that ships counts where another ngspice is installed, or none, or the foundry's models are
    not there; the user's own are those of this machine.

    Returns:
        None when the template, the technology or the testbenches have changed since it was made.

    Raises:
        InputError: a template or technology that cannot be read.
    """
    identity = identify(bench_of(template, technology))
    for path in _candidates(template, technology, identity):
        if not path.is_file():
            continue
        try:
            datasheet = read_datasheet(path)
        except InputError:
            continue  # of an older version
        if _fits(datasheet, identity):
            return datasheet
    return None


def keep_datasheet(datasheet: Datasheet) -> Path:
    """Keep a datasheet in the user's cache.

    Raises:
        InputError: the cache folder cannot be written to.
    """
    path = _own_path(datasheet.template, datasheet.technology, datasheet.provenance.content)
    make_folder(path.parent)
    write_text(path, datasheet_json(datasheet))
    return path


def _candidates(template: Template, technology: Technology, identity: Identity) -> Iterator[Path]:
    yield _own_path(template.name, technology.name, identity.content)
    yield shipped_path(template.name, technology.name)


def _own_path(template: str, technology: str, content: str) -> Path:
    return cache_folder() / "datasheets" / technology / f"{template}-{content[:16]}.json"


def _fits(datasheet: Datasheet, identity: Identity) -> bool:
    made = datasheet.provenance
    if made.scope != "full":
        return False
    models = not identity.models or made.models == identity.models
    return models and (made.template, made.technology, made.testbench) == (
        identity.template,
        identity.technology,
        identity.testbench,
    )
