"""Other bits of the same network."""

import pytest

from hwsim.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from hwsim.design.design import Design
from hwsim.foundation.errors import InputError
from hwsim.studies.sweep.recompile import designs_by_bits


@pytest.fixture
def checkpoint(network, cell_kind):
    return network(cell_kind, units=3)


@pytest.fixture
def path(checkpoint, tmp_path):
    save_checkpoint(tmp_path / "net.safetensors", checkpoint)
    return tmp_path / "net.safetensors"


@pytest.fixture
def exported(path, compiled) -> Design:
    """As it is exported: from the single-precision numbers of the file."""
    return compiled(load_checkpoint(path), unit_current=2e-9, step=4e-3, supply_voltage=1.3)


def test_other_bits_are_what_the_compiler_makes_of_them(exported, path, compiled):
    found = designs_by_bits(exported, {4, 5, 7}, path)
    assert sorted(found) == [4, 5, 7]
    assert found[5] is exported
    options = {"unit_current": 2e-9, "step": 4e-3, "supply_voltage": 1.3}
    assert found[4] == compiled(load_checkpoint(path), bits=4, **options)
    assert found[7].provenance.bits == 7
    assert found[4].stages != exported.stages


def test_its_own_bits_need_no_checkpoint(exported):
    assert designs_by_bits(exported, {5}) == {5: exported}


def test_without_the_checkpoint_it_says_how_to_name_it(exported):
    with pytest.raises(InputError, match="name its file with --checkpoint"):
        designs_by_bits(exported, {4})


def test_another_checkpoint_is_refused(exported, network, tmp_path):
    save_checkpoint(tmp_path / "other.safetensors", network(seed=7))
    with pytest.raises(InputError, match=r"other\.safetensors: is not the checkpoint"):
        designs_by_bits(exported, {4}, tmp_path / "other.safetensors")


def test_a_checkpoint_that_compiles_to_something_else_is_refused(exported, path):
    stage = exported.stages[1].model_copy(update={"diode_units": 3})
    changed = exported.model_copy(
        update={"stages": (exported.stages[0], stage, *exported.stages[2:])}
    )
    with pytest.raises(InputError, match="compiles to another network"):
        designs_by_bits(changed, {4}, path)
