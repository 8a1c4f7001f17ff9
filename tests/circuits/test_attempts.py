"""Other ways to simulate a deck."""

from hwsim.circuits.attempts import ATTEMPTS, attempts_at, finer_steps

DECK = """* a deck
.options reltol=2e-3 trtol=8
Vsupply_hidden vdd_hidden 0 1.2
.nodeset v(line)=0.2
.tran 5e-05 0.095 0 0.00025
.end
"""


def changed(name):
    (attempt,) = (each for each in ATTEMPTS if each.name == name)
    return attempt.change(DECK)


def test_halving_halves_every_kind_of_step():
    finer = finer_steps(DECK, 1)
    assert ".tran 5e-05 0.095 0 0.000125\n" in finer
    # the error of a step of the second order grows with its third power
    assert "trtol=1\n" in finer
    assert finer_steps(finer, 1) == finer_steps(DECK, 2)
    assert finer_steps(DECK, 0) == DECK


def test_ramped_supplies_start_from_nothing():
    ramped = changed("supplies ramped")
    assert "Vsupply_hidden vdd_hidden 0 pwl( 0 0 20u 1.2 )\n" in ramped
    assert ".tran 5e-05 0.095 0 0.000125 uic\n" in ramped


def test_lines_are_held_where_they_were_guessed():
    held = changed("lines held at the start")
    assert ".ic v(line)=0.2\n" in held
    assert ".nodeset" not in held


def test_an_attempt_that_would_change_nothing_is_left_out():
    names = [each.name for each in attempts_at(DECK.replace(".nodeset v(line)=0.2\n", ""))]
    assert names == [
        "as written",
        "steps halved",
        "steps quartered",
        "trapezoids",
        "supplies ramped",
    ]
    assert [each.name for each in attempts_at("* nothing\n.op\n.end\n")] == ["as written"]
