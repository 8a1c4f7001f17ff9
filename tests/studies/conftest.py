"""A small network with shipped templates in the place of its own."""

from pathlib import Path

import pytest

from hwsim.characterization.store import shipped_path
from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.datasheet import read_datasheet
from hwsim.circuits.export import Export
from hwsim.circuits.template import load_template
from hwsim.studies.template_swap import swap


@pytest.fixture(scope="session")
def exported():
    """An export that lies nowhere."""
    return lambda design: Export(Path("toy"), design, load_circuits(design))


@pytest.fixture(scope="session")
def shipped_sheet():
    """A datasheet that ships, with nominal figures changed."""

    def make(name, **nominal):
        sheet = read_datasheet(shipped_path(name, "generic180"))
        return sheet.model_copy(update={"nominal": sheet.nominal | nominal})

    return make


@pytest.fixture(scope="session")
def swapped(exported, shipped_sheet):
    """A design with a template of the library in the place of its kind."""

    def make(design, name, **nominal):
        return swap(exported(design), load_template(name), shipped_sheet(name, **nominal))

    return make
