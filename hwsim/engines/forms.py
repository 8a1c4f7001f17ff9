"""Which form of the behavioural engine runs many chips: on arrays of any library, or compiled."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Literal

from hwsim.design.design import Design
from hwsim.engines.arrays import Arrays
from hwsim.engines.chip_model import ChipModel
from hwsim.engines.supply import SupplyModel
from hwsim.engines.tile_sums import ArrayTilePass, TilePass
from hwsim.foundation.errors import InputError

Form = Literal["fastest", "arrays", "compiled"]


def is_compiled(arrays: Arrays, form: Form = "fastest") -> bool:
    """Whether chips run compiled.

    Args:
        arrays: whose arrays to compute with.
        form: ``fastest`` is compiled where that is possible.

    Raises:
        InputError: the compiled form was asked for and cannot be had.
    """
    possible = arrays.library == "numpy" and importlib.util.find_spec("numba") is not None
    if form != "compiled":
        return possible and form == "fastest"
    if arrays.library != "numpy":
        raise InputError(
            f"the compiled form takes arrays of NumPy, not of {arrays.library}",
            hint="leave the form to hwsim, or compute with numpy",
        )
    if not possible:
        raise InputError(
            "the compiled form needs numba, which is not installed",
            hint="pip install 'hwsim[fast]'",
        )
    return True


def tile_pass(
    design: Design, model: ChipModel, supply: SupplyModel, arrays: Arrays, form: Form
) -> TilePass:
    """What runs the chips of a model.

    Args:
        design: the network.
        model: the chips.
        supply: of the chips.
        arrays: whose arrays to compute with.
        form: see `is_compiled`.
    """
    if not is_compiled(arrays, form):
        return ArrayTilePass(design, model, supply, arrays)
    # numba takes a second to import, and only those who run many chips want it.
    compiled = importlib.import_module("hwsim.engines.compiled_pass")
    found: TilePass = compiled.CompiledPass(design, model, supply)
    return found
