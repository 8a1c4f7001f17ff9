"""Reports of a small network, also one whose names try to break out of the page."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from hwsim.chips.population import Population
from hwsim.report.page.html import html
from hwsim.report.page.markdown import markdown
from hwsim.report.page.page import report_page
from hwsim.studies.reporting.chip_survey import Draw
from hwsim.studies.reporting.dossier import Scope
from hwsim.studies.reporting.gathering import gather

HOSTILE = SimpleNamespace(
    design='</title><script>alert("design")</script>',
    task="</style><b onclick=alert(1)>task</b> & co",
    classes=('"><img src=x onerror=alert(2)>', "`x` | $\\frac$ _{<i>\x07\n# head"),
)
"""Names that break pages which do not escape them."""


@pytest.fixture(scope="session")
def hostile():
    return HOSTILE


def _named(design):
    return design.model_copy(
        update={
            "name": HOSTILE.design,
            "readout": design.readout.model_copy(update={"classes": HOSTILE.classes}),
            "provenance": design.provenance.model_copy(update={"task": HOSTILE.task}),
        }
    )


@pytest.fixture(scope="session")
def reported(small_export, network, compiled, recordings, write_data, finish, tmp_path_factory):
    """A dossier of a small network; ``finished`` says whether ngspice has run."""

    def make(kind="saturating_cmru", *, finished=True, name=_named):
        folder = tmp_path_factory.mktemp("report")
        export = small_export(folder / "an export", name(compiled(network(kind, units=3))))
        sequences = recordings(lengths=(4, 3, 5, 2, 4))
        if finished:
            finish(export, sequences.take([1, 3]))
            for chip in range(2):
                some = sequences.take([0])
                finish(export, some, population=Population(1, 2), chip=chip)
        data = write_data(folder / "own data.npz", sequences)
        return gather(export, Scope(str(data), draw=Draw(chips=4)))

    return make


@pytest.fixture(scope="session")
def dossier(reported):
    """Of a network with hostile names that every engine has run."""
    return reported()


@pytest.fixture(scope="session")
def bare(dossier):
    """The same where nothing of the chip was ever run, and a template was not measured."""
    engines = dossier.engines
    alone = replace(
        engines,
        runs={"ideal": engines.runs["ideal"]},
        agreement={},
        single_steps=None,
        power={},
        common=engines.runs["ideal"].indices,
    )
    sheets = {**dossier.datasheets, "mirror": None}
    return replace(
        dossier, engines=alone, survey=None, chips=None, power_check=None, datasheets=sheets
    )


@pytest.fixture(scope="session")
def page_html(dossier):
    return html(report_page(dossier))


@pytest.fixture(scope="session")
def page_markdown(dossier):
    return markdown(report_page(dossier))
