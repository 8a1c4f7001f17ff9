"""Errors are themselves wherever they are raised."""

import copy
import pickle

import pytest

from hwsim.foundation.errors import HwsimError, InputError, SimulatorError, SpecificationError
from hwsim.spice import Deck
from hwsim.spice.errors import DeckError


@pytest.mark.parametrize("kind", [HwsimError, InputError, SimulatorError, SpecificationError])
@pytest.mark.parametrize("carry", [copy.copy, lambda error: pickle.loads(pickle.dumps(error))])  # noqa: S301
def test_an_error_of_another_process_is_the_same_error(kind, carry):
    error = carry(kind("is truncated", where="net.safetensors", hint="train it again"))
    assert type(error) is kind
    assert str(error) == "net.safetensors: is truncated (train it again)"
    assert (error.what, error.where, error.hint) == error.args


def test_an_error_with_a_constructor_of_its_own_is_too(tmp_path):
    error = DeckError("unknown subckt", deck=Deck(tmp_path / "deck.cir"), log="said ngspice")
    carried = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert str(carried) == str(error)
    assert (carried.deck, carried.log) == (error.deck, "said ngspice")
