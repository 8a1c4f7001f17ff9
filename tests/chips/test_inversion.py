"""What a threshold voltage counts towards strong inversion."""

import pytest

from hwsim.chips.inversion import END, Drive, Inversion

TECHNOLOGY = Inversion(device_current=2e-8)


def test_at_the_current_of_the_datasheet_nothing_changes():
    assert TECHNOLOGY.change("pfet", 0.2, Drive(1e-9, 1e-9)) == 1.0


def test_the_technology_says_where_weak_inversion_ends():
    assert TECHNOLOGY.change("pfet", 0.2, Drive(2e-8, 1e-18)) == pytest.approx(END, rel=1e-3)


def test_wider_transistors_and_faster_ones_get_there_later():
    drive = Drive(1e-8, 1e-10)
    unit = TECHNOLOGY.change("pfet", 0.2, drive)
    assert unit < TECHNOLOGY.change("pfet", 0.8, drive) < 1
    assert unit < TECHNOLOGY.change("nfet", 0.2, drive) < 1


def test_below_the_current_of_the_datasheet_it_counts_more():
    assert TECHNOLOGY.change("pfet", 0.2, Drive(1e-10, 1e-9)) > 1
