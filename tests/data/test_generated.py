"""Generated tasks: their labels by another way, their sets apart, the same from the same seed."""

import itertools

import numpy as np
import pytest

from hwsim.data.copy_first import copy_first
from hwsim.data.flip_flop import flip_flop
from hwsim.data.generated import Sizes
from hwsim.data.list_ops import TOKENS, evaluate, list_ops, tokens
from hwsim.data.pathfinder import pathfinder
from hwsim.data.running_count import running_count
from hwsim.foundation.errors import InputError

SIZES = Sizes(train=60, validation=20, test=30)
TASKS = [copy_first, flip_flop, list_ops, pathfinder, running_count]


def made(task, **choices):
    return task(**({"sizes": SIZES} | choices))


def contents(part):
    return {row[:length].tobytes() for row, length in zip(part.values, part.lengths, strict=True)}


def everything(splits):
    for part in splits.parts().values():
        for row, length, label in zip(part.values, part.lengths, part.labels, strict=True):
            yield row[:length], part.classes[label]


@pytest.mark.parametrize("task", TASKS)
def test_sets_have_their_sizes_and_share_nothing(task):
    splits = made(task)
    assert {name: len(part) for name, part in splits.parts().items()} == {
        "training": 60,
        "validation": 20,
        "test": 30,
    }
    sets = [contents(part) for part in splits.parts().values()]
    assert sum(len(one) for one in sets) == SIZES.total
    assert all(not a & b for a, b in itertools.combinations(sets, 2))


@pytest.mark.parametrize("task", TASKS)
def test_a_seed_gives_one_task(task):
    first, again, other = made(task), made(task), made(task, seed=1)
    assert np.array_equal(first.train.values, again.train.values)
    assert np.array_equal(first.test.labels, again.test.labels)
    assert not np.array_equal(first.train.values, other.train.values)


def test_what_there_is_too_little_of_is_refused_and_scarce_sequences_are_all_found():
    every = running_count(steps=2, sizes=Sizes(train=5, validation=2, test=2))
    assert len(set().union(*(contents(part) for part in every.parts().values()))) == 9
    with pytest.raises(InputError, match="only about 9 different sequences, 10 are asked for"):
        running_count(steps=2, sizes=Sizes(train=6, validation=2, test=2))
    with pytest.raises(InputError, match="0 test sequences"):
        Sizes(test=0)


def test_copy_first_asks_for_the_channel_that_was_lit_first():
    splits = made(copy_first, steps=20, symbols=3)
    assert splits.train.values.shape == (60, 21, 3)
    for values, name in everything(splits):
        assert str(values[0].argmax()) == name
        assert np.abs(values[1:]).max() < 0.6


def test_running_count_stops_at_its_ends():
    splits = made(running_count, steps=30, half_range=2)
    for values, name in everything(splits):
        level = 0
        for move in values[:, 0]:
            level = max(-2, min(2, level + int(move)))
        assert f"{level:+d}" == name


def test_running_count_has_no_favourite():
    labels = running_count(sizes=Sizes(train=4000)).train.labels
    assert np.bincount(labels) / 4000 == pytest.approx([0.2] * 5, abs=0.03)


def test_flip_flop_asks_for_the_last_pulse_of_every_bit():
    splits = made(flip_flop, bits=3, rate=0.05)
    assert splits.train.classes[3] == "011"
    for values, name in everything(splits):
        last = [channel[np.abs(channel) > 0.5][-1] > 0 for channel in values.T]
        assert name == "".join(str(int(bit)) for bit in reversed(last))


def value_of(words):
    """A stack machine, instead of the tree that the expression was drawn as."""
    stack = []
    for word in words:
        if word != "]":
            stack.append(word)
            continue
        arguments = []
        while not str(stack[-1]).startswith("["):
            arguments.append(int(stack.pop()))
        ranked = sorted(arguments)
        middle = (ranked[(len(ranked) - 1) // 2] + ranked[len(ranked) // 2]) // 2
        results = {"[MAX": ranked[-1], "[MIN": ranked[0], "[MED": middle}
        operator = stack.pop()
        stack.append(results.get(operator, sum(arguments) % 10))
    (result,) = stack
    return result


def test_list_ops_are_expressions_with_their_values():
    splits = list_ops(steps=30, sizes=Sizes(train=400, validation=1, test=1))
    nested = 0
    for values, name in everything(splits):
        assert (values.sum(axis=1) == 1).all()
        words = [TOKENS[code] for code in values.argmax(axis=1)]
        assert str(value_of(words)) == name
        nested += words.count("]") > 1
    assert 100 < nested < 350
    assert splits.train.lengths.max() <= 30


def test_list_ops_of_the_paper():
    expression = ("MAX", (2, 9, ("MIN", (4, 7)), 0))
    assert " ".join(tokens(expression)) == "[MAX 2 9 [MIN 4 7 ] 0 ]"
    assert evaluate(expression) == 9
    assert evaluate(("SM", (8, 7, 6))) == 1
    assert evaluate(("MED", (1, 2, 9))) == evaluate(("MED", (1, 2, 3, 9))) == 2


def reached(picture, start):
    """Drawn pixels that can be walked to over gaps of one pixel."""
    drawn = {tuple(pixel) for pixel in np.argwhere(picture > 0).tolist()}
    found, front = {start}, [start]
    while front:
        row, column = front.pop()
        near = {(r, c) for r, c in drawn - found if max(abs(r - row), abs(c - column)) <= 2}
        found |= near
        front += near
    return found


def test_pathfinder_connects_what_it_says_and_shows_the_same_otherwise():
    splits = made(pathfinder)
    drawn = {"connected": [], "apart": []}
    for values, name in everything(splits):
        picture = values.reshape(12, 12)
        dots = [tuple(pixel) for pixel in np.argwhere(picture == 1).tolist()]
        assert len(dots) == 2
        assert (dots[1] in reached(picture, dots[0])) == (name == "connected")
        drawn[name].append((picture > 0).sum())
    assert {count for counts in drawn.values() for count in counts} == {14}
    assert min(len(counts) for counts in drawn.values()) > 30


@pytest.mark.parametrize(
    ("task", "choices", "complaint"),
    [
        (copy_first, {"symbols": 1}, "symbols >= 2"),
        (copy_first, {"noise": float("nan")}, "noise > 0"),
        (running_count, {"half_range": 0}, "half_range >= 1"),
        (flip_flop, {"rate": 0.0}, "0 < rate <= 1"),
        (list_ops, {"steps": 3}, "steps >= 4"),
        (pathfinder, {"side": 8}, "side \\* side >= 8 \\* length"),
    ],
)
def test_choices_out_of_range_are_named(task, choices, complaint):
    with pytest.raises(InputError, match=complaint):
        made(task, **choices)
