import pytest

from hwsim.foundation.errors import InputError
from hwsim.training.recipe import Recipe


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"units": 0}, "units must be at least 1"),
        ({"blocks": -1}, "blocks must be at least 1"),
        ({"steps": 0}, "steps must be at least 1"),
        ({"seed": -1}, "seed must be at least 0"),
        ({"learning_rate": 0.0}, "learning_rate must be positive"),
        ({"learning_rate": float("nan")}, "learning_rate must be positive"),
        ({"validation_fraction": 1.0}, "validation_fraction must be between 0 and 1"),
        ({"validations": 0}, "validations must be at least 1"),
        ({"weight_gain": 0.0}, "weight_gain must be positive"),
        ({"weight_clip": -1.0}, "weight_clip must be positive"),
        ({"signal_limit": 0.0}, "signal_limit must be positive"),
        ({"margin": 0.0}, "margin must be positive"),
        ({"input_noise": float("inf")}, "input_noise must be at least 0"),
        ({"cell": "saturating_cmru"}, "levels_half must be given"),
        ({"cell": "saturating_cmru", "levels_half": 0}, "levels_half must be given"),
        ({"levels_half": 3}, "CMRU has no levels_half"),
        ({"weight_decay": 0.0}, "weight_decay must be positive"),
        ({"memory": 10.0}, "CMRU has no memory"),
        ({"cell": "gru", "memory": -1.0}, "memory must be positive"),
        ({"cell": "lru", "margin": 0.3}, "LRU has no margin"),
        ({"cell": "mingru", "beta": 1.0}, "minGRU has no beta"),
    ],
)
def test_numbers_out_of_range_are_named(changes, complaint):
    with pytest.raises(InputError, match=complaint):
        Recipe(**({"cell": "cmru", "units": 4} | changes))


def test_what_was_not_chosen_is_not_recorded():
    numbers = Recipe(cell="cmru", units=4, weight_clip=2.0).numbers()
    assert numbers["weight_clip"] == 2.0
    assert numbers["cell"] == "cmru"
    assert "signal_limit" not in numbers
