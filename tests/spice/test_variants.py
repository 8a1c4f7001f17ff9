"""A circuit that is loaded once and altered between runs."""

import numpy as np
import pytest

from hwsim.foundation.errors import InputError
from hwsim.spice import ConvergenceError, Deck, DeckError, Result
from hwsim.spice.batch import run_batch

pytestmark = pytest.mark.spice

MIRROR = """* a mirror of two BSIM3 transistors
.options gmin=1e-18 abstol=1e-16
.model n180 nmos level=8 version=3.3.0 vth0=0.45
.subckt nfet d g s w=1u l=1u dvth={0}
M1 d g s 0 n180 w={{w}} l={{l}} ad=0.5p as=0.5p pd=3u ps=3u delvto={{dvth}}
.ends nfet
Iin 0 line 1n
Xdiode line line 0 nfet
Xcopy out line 0 nfet
Vout out 0 0.6
.op
.end
"""
COPY = "@m.xcopy.m1[delvto]"


@pytest.fixture
def mirror(write_deck):
    def deck(dvth=0.0, variants=(), altered=None):
        plain = write_deck(MIRROR.format(dvth), f"mirror_{dvth}.cir", expected_plots=("op",))
        return Deck(plain.path, None, ("op",), tuple(variants), altered or {})

    return deck


def copied(result):
    assert isinstance(result, Result)
    return -result.vector("i(vout)", "op")[0]


def test_an_altered_device_is_one_that_was_drawn_so(run, mirror):
    both = {COPY: 0.01, "@m.xdiode.m1[delvto]": 0.01}
    altered, drawn = run(mirror(variants=[both]), mirror(dvth=0.01))
    np.testing.assert_allclose(copied(altered.variants[0]), copied(drawn), rtol=1e-6)


def test_the_first_run_can_be_altered_already(run, mirror):
    altered, drawn = run(mirror(altered={COPY: 0.01}), mirror(dvth=0.01))
    ratio = copied(altered) / copied(run(mirror())[0])
    assert ratio < 0.9
    # the other deck weakens both transistors, so that only the copy tells them apart
    assert copied(drawn) > copied(altered)


def test_variants_come_on_top_of_what_is_altered(run, mirror):
    diode = "@m.xdiode.m1[delvto]"
    (both,) = run(mirror(variants=[{COPY: 0.01, diode: 0.01}]))
    (result,) = run(mirror(altered={COPY: 0.01}, variants=[{diode: 0.01}, {}, {COPY: 0.0}]))
    found = [copied(variant) for variant in result.variants]
    np.testing.assert_allclose(found[0], copied(both.variants[0]), rtol=1e-6)
    np.testing.assert_allclose(found[1], copied(result), rtol=1e-6)
    np.testing.assert_allclose(found[2], copied(both), rtol=1e-6)


@pytest.mark.parametrize("target", ["@m.xnone.m1[delvto]", "@m.xcopy.m1[dvth]"])
def test_a_first_run_is_not_altered_silently_either(run, mirror, target):
    broken, sound = run(mirror(altered={target: 0.01}), mirror())
    assert isinstance(broken, DeckError)
    assert copied(sound) > 0


def test_the_program_of_ngspice_alters_nothing(mirror):
    with pytest.raises(InputError, match="needs the library"):
        run_batch(mirror(altered={COPY: 0.01}))


def test_a_variant_leaves_nothing_to_the_next(run, mirror):
    (result,) = run(mirror(variants=[{COPY: 0.02}, {}, {"@iin[dc]": 2e-9}, {}]))
    currents = [copied(variant) for variant in result.variants]
    assert currents[0] < 0.7 * copied(result)
    assert currents[2] == pytest.approx(2 * copied(result), rel=0.01)
    np.testing.assert_allclose([currents[1], currents[3]], copied(result), rtol=1e-6)


@pytest.mark.parametrize("target", ["@m.xnone.m1[delvto]", "@m.xcopy.m1[dvth]"])
def test_what_does_not_exist_is_not_altered_silently(run, mirror, target):
    (result,) = run(mirror(variants=[{target: 0.01}, {COPY: 0.0}]))
    assert isinstance(result.variants[0], DeckError)
    assert copied(result.variants[1]) == pytest.approx(copied(result), rel=1e-6)


def test_a_variant_without_a_solution_fails_alone(run, write_deck):
    # v = v^2 + 1 - v(z) has a real solution where v(z) is 3/4 or more.
    text = "* a parabola\nI1 0 z 1\nRz z 0 1\nB1 0 a I=v(a)*v(a)+1-v(z)\nRa a 0 1\n.op\n.end\n"
    deck = write_deck(text, expected_plots=("op",))
    variants = ({"@i1[dc]": 0.0}, {"@i1[dc]": 0.9})
    (result,) = run(Deck(deck.path, expected_plots=("op",), variants=variants))
    assert isinstance(result.variants[0], ConvergenceError)
    assert isinstance(result.variants[1], Result)


@pytest.mark.parametrize("variant", [{"delvto": 1.0}, {COPY: float("nan")}, {"@a[b];shell": 1.0}])
def test_an_alteration_is_a_parameter_and_a_number(tmp_path, variant):
    with pytest.raises(InputError, match="alters nothing"):
        Deck(tmp_path / "deck.cir", variants=(variant,))
    with pytest.raises(InputError, match="alters nothing"):
        Deck(tmp_path / "deck.cir", altered=variant)
