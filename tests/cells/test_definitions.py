"""The NumPy definitions on sequences small enough to follow by hand."""

import numpy as np
import pytest

from hwsim.cells.alpha_cmru import alpha_cmru_states
from hwsim.cells.bmru import bmru_states
from hwsim.cells.cmru import cmru_levels
from hwsim.cells.fq_bmru import fq_bmru_states
from hwsim.cells.saturating_cmru import next_levels, saturating_cmru_levels
from hwsim.cells.ternary import ternary_steps


def column(*values: float) -> np.ndarray:
    return np.array(values, dtype=float)[:, np.newaxis]


def test_ternary_step_is_strict_on_both_trip_points():
    candidates = [-1.1, -1.0, -0.5, 0.0, 2.0, 2.1]
    assert ternary_steps(candidates, 2.0, 1.0).tolist() == [-1, 0, 0, 0, 0, 1]
    assert ternary_steps(candidates, 1.0).tolist() == [-1, 0, 0, 0, 1, 1]


def test_cmru_climbs_holds_and_falls():
    levels = cmru_levels(column(2, 2, 0, 2, -2, -2, -2, -2), 1.0)
    assert levels.ravel().tolist() == [1, 2, 2, 3, 2, 1, 0, -1]


def test_saturating_cmru_forgets_what_was_cut_off():
    levels = saturating_cmru_levels(column(2, 2, 2, -2, -2, -2, -2, 2), 1.0, 2)
    assert levels.ravel().tolist() == [1, 2, 2, 1, 0, -1, -2, -1]


def test_next_levels_stays_on_the_ladder():
    assert next_levels([3, -3, 0], [1, -1, 1], 3).tolist() == [3, -3, 1]


def test_bmru_keeps_the_sign_written_last():
    states = bmru_states(column(0, 2, 0, -2, 0.5, 2), 1.0)
    assert states.ravel().tolist() == [0, 1, 1, -1, -1, 1]


def test_fq_bmru_has_a_window_between_its_thresholds():
    states = fq_bmru_states(column(1.5, 2.5, 1.5, 0.5, 1.5, 2, 3, 1), 2.0, 1.0)
    assert states.ravel().tolist() == [0, 1, 1, 0, 0, 0, 1, 1]


def test_alpha_cmru_adds_its_own_increments():
    states = alpha_cmru_states(column(2, 0, -2), column(0.5, 9, 0.25), 1.0)
    assert states.ravel().tolist() == [0.5, 0.5, 0.25]


@pytest.mark.parametrize("cell", [cmru_levels, bmru_states])
def test_trip_points_may_differ_by_direction(cell):
    assert cell(column(2, -2), 1.0, 3.0).ravel().tolist() == [1, 1]


def test_every_chip_and_unit_has_its_own_thresholds():
    candidates = np.array([[[1.0, 3.0], [1.0, 3.0]]])  # one sequence, two steps, two units
    chips = np.array([[[0.5, 4.0]], [[2.0, 2.0]]])  # two chips
    levels = saturating_cmru_levels(candidates, chips, 1)
    assert levels.shape == (2, 1, 2, 2)
    assert levels[:, 0, -1].tolist() == [[1, 0], [0, 1]]
    on = fq_bmru_states(candidates, chips, chips / 2)
    assert on[:, 0, -1].tolist() == [[1, 0], [0, 1]]
