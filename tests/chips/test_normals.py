"""Numbers that belong to a device of a chip."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from hwsim.chips.normals import device_key, device_normals, philox
from hwsim.chips.population import Population

KEYS = [device_key(f"xnetwork.xhidden.xrow{index}.xmirror") for index in range(300)]


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        (0, (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        (2**64 - 1, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    ],
)
def test_the_generator_is_that_of_its_paper(word, expected):
    """Known answers of Philox4x32-10, as its authors publish them (Random123, kat_vectors)."""
    words = philox(word, word, np.array([word], dtype=np.uint64))
    assert tuple(int(each[0]) for each in words) == expected


@given(st.integers(0, 2**64 - 1), st.integers(0, 40), st.lists(st.integers(0, 299), min_size=1))
def test_any_subset_has_the_numbers_of_the_whole(seed, first, chosen):
    whole = device_normals(Population(seed, 45), KEYS)
    part = device_normals(Population(seed, 5, first), [KEYS[index] for index in chosen])
    np.testing.assert_array_equal(part, whole[first : first + 5][:, chosen])


def test_they_are_standard_normal_and_belong_to_no_others():
    drawn = device_normals(Population(11, 400), KEYS)
    for side in (0, 1):
        assert stats.kstest(drawn[..., side].ravel(), "norm").pvalue > 0.01
        # of each device over chips, and of each chip over devices
        assert stats.kstest(np.sqrt(400) * drawn[..., side].mean(axis=0), "norm").pvalue > 0.01
        assert stats.kstest(np.sqrt(300) * drawn[..., side].mean(axis=1), "norm").pvalue > 0.01
    assert drawn.std() == pytest.approx(1, abs=0.01)


def test_nothing_is_correlated():
    """Threshold and factor, devices of a chip, chips, seeds."""
    drawn = device_normals(Population(11, 400), KEYS)
    other = device_normals(Population(12, 400), KEYS)
    pairs = (
        (drawn[..., 0], drawn[..., 1]),
        (drawn[:, 1:], drawn[:, :-1]),
        (drawn[1:], drawn[:-1]),
        (drawn, other),
    )
    for one, two in pairs:
        assert abs(np.corrcoef(one.ravel(), two.ravel())[0, 1]) < 5 / np.sqrt(one.size)
    between = np.corrcoef(drawn[..., 0].T) - np.eye(300)
    assert abs(between).max() < 6 / np.sqrt(400)
    assert between.std() == pytest.approx(1 / np.sqrt(400), rel=0.05)


def test_chips_and_seeds_beyond_32_bits_are_their_own():
    def first(seed, chip):
        return device_normals(Population(seed, 1, chip), KEYS[:1])[0, 0, 0]

    values = {first(seed, chip) for seed in (1, 1 + 2**32) for chip in (1, 1 + 2**32)}
    assert len(values) == 4
