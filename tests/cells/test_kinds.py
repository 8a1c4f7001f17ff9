import pytest

from hwsim.cells.kinds import KINDS, cell_kind, require_exportable
from hwsim.foundation.errors import InputError


def test_a_circuit_is_made_of_quantised_bounded_cells_only():
    assert {kind for kind, traits in KINDS.items() if traits.exportable} == {
        "saturating_cmru",
        "fq_bmru",
    }
    require_exportable("saturating_cmru")
    require_exportable("fq_bmru")


def test_alpha_cmru_is_refused_with_its_reason():
    with pytest.raises(InputError, match=r"alphaCMRU.*continuous.*saturating_cmru"):
        require_exportable("alpha_cmru")


def test_unknown_kinds_list_the_known_ones():
    assert cell_kind("cmru") == "cmru"
    with pytest.raises(InputError, match=r"no cell 'lstm'.*fq_bmru"):
        cell_kind("lstm")


@pytest.mark.parametrize("kind", ["lru", "mingru", "gru"])
def test_baselines_are_refused_with_a_reason(kind):
    assert KINDS[kind].is_baseline
    with pytest.raises(InputError, match=r"cannot become a circuit: .*continuous.*saturating_cmru"):
        require_exportable(kind)
