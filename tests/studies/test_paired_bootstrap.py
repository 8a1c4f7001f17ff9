"""The interval of a change over the same chips: what it sees, and how often it is mistaken."""

import numpy as np
import pytest

from hwsim.studies.paired_bootstrap import paired_change
from hwsim.studies.verdict_lines import fifth_percentile, median

CHIPS = 200
rng = np.random.default_rng(5)
UNLIKE = rng.normal(0.95, 0.02, CHIPS)


def mean(values):
    return values.mean(axis=1)


@pytest.mark.parametrize("statistic", [mean, median, fifth_percentile])
def test_no_change_is_no_change(statistic):
    change = paired_change(UNLIKE, UNLIKE, statistic)
    assert (change.value, change.low, change.high) == (0.0, 0.0, 0.0)
    assert not change.is_beyond_noise


def test_what_chips_have_in_common_hides_nothing():
    shifted = UNLIKE + 0.002 + rng.normal(0, 0.002, CHIPS)
    paired = paired_change(UNLIKE, shifted, mean)
    assert paired.is_beyond_noise
    assert paired.value == pytest.approx(0.002, abs=5e-4)
    others = paired_change(UNLIKE, rng.permutation(shifted), mean)
    assert not others.is_beyond_noise


def test_the_interval_of_a_mean_is_that_of_theory():
    noise = rng.normal(0.0, 0.01, CHIPS)
    change = paired_change(UNLIKE, UNLIKE + noise, mean)
    reach = 2.576 * noise.std() / np.sqrt(CHIPS)
    assert change.low == pytest.approx(noise.mean() - reach, abs=0.15 * reach)
    assert change.high == pytest.approx(noise.mean() + reach, abs=0.15 * reach)


def test_swapping_both_turns_the_change():
    other = UNLIKE + rng.normal(0.01, 0.01, CHIPS)
    forth, back = paired_change(UNLIKE, other, median), paired_change(other, UNLIKE, median)
    assert forth.value == -back.value
    assert forth.low == pytest.approx(-back.high, abs=2e-4)
    assert forth.is_beyond_noise == back.is_beyond_noise


def test_chance_alone_is_rarely_marked():
    marked = sum(
        paired_change(*draws, mean).is_beyond_noise for draws in rng.normal(0.0, 1.0, (150, 2, 60))
    )
    assert marked <= 7


def test_the_same_chips_give_the_same_interval():
    other = UNLIKE + rng.normal(0.0, 0.01, CHIPS)
    assert paired_change(UNLIKE, other, median) == paired_change(UNLIKE, other, median)
