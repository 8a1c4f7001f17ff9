"""A deck's arrays are those of its circuit, by whichever way they came."""

import numpy as np
import pytest

from hwsim.foundation.errors import InputError, SimulatorError
from hwsim.spice import Deck, Result, run_batch, run_deck

pytestmark = pytest.mark.spice

STOP = 5e-6  # of the deck that `write_deck` writes

EVERY_ANALYSIS = """* every plot and every kind of name
V1 1 0 dc 1 ac 1
R1 1 X_2 1k
C1 X_2 0 1u
Xs 1 X_2 ss
.subckt ss a b
Vq a q 0
rq q b 1k
.ends
.op
.tran 1u 10u
.dc v1 0 1 0.1
.ac dec 3 1 100
.noise v(x_2) v1 dec 3 1 100
.end
"""


def test_a_transient_follows_the_analytic_solution(write_deck):
    result = run_deck(write_deck(stop_time=STOP))
    time, out = result.vector("time"), result.vector("v(out)")
    assert time[0] == 0.0
    assert time[-1] == pytest.approx(STOP, rel=1e-9)
    np.testing.assert_allclose(out, 1 - np.exp(-time / 1e-6), atol=1e-3)
    through_r1 = (result.vector("v(in)") - out) / 1e3
    np.testing.assert_allclose(result.vector("i(v1)"), -through_r1, atol=1e-9)
    assert result.wall_seconds > 0
    assert int(result.ngspice_version.split(".")[0]) >= 39
    assert "low pass" in result.log


def test_library_and_program_agree_on_every_plot_and_name(write_deck, run):
    deck = write_deck(EVERY_ANALYSIS, expected_plots=("op", "tran", "dc", "ac", "noise", "noise2"))
    (shared,), batch = run(deck), run_batch(deck)
    assert set(shared.plots) == set(batch.plots) == set(deck.expected_plots)
    for plot, vectors in shared.plots.items():
        assert list(vectors) == list(batch.plots[plot])
        for name, samples in vectors.items():
            assert samples.dtype == batch.plots[plot][name].dtype
            np.testing.assert_allclose(samples, batch.plots[plot][name], rtol=1e-12, atol=1e-300)
    assert list(shared.plots["tran"]) == [
        "time", "v(1)", "v(x_2)", "v(xs.q)", "i(v.xs.vq)", "i(v1)",
    ]  # fmt: skip
    assert next(iter(shared.plots["dc"])) == "v-sweep"
    assert list(shared.plots["noise2"]) == ["onoise_total", "inoise_total"]


def test_the_low_pass_has_its_gain_and_its_noise(write_deck, run):
    (result,) = run(write_deck(EVERY_ANALYSIS, expected_plots=("ac", "noise", "noise2")))
    # Two 1 kOhm in parallel and 1 uF: the corner lies at 1 / (2 pi R C) = 318 Hz.
    frequency = result.vector("frequency", "ac")
    gain = 1 / (1 + 2j * np.pi * frequency * 500 * 1e-6)
    np.testing.assert_allclose(result.plots["ac"]["v(x_2)"], gain, rtol=1e-9)
    density = np.sqrt(4 * 1.380649e-23 * 300.15 * 500) * abs(gain)
    np.testing.assert_allclose(result.vector("onoise_spectrum", "noise"), density, rtol=1e-4)


def test_a_run_repeats_to_the_bit_whatever_ran_before(write_deck, run):
    deck = write_deck()
    other = write_deck(
        "* leaves options behind\nv1 a 0 1\nr1 a 0 1k tc1=1e-3\n.options temp=90 reltol=0.1\n"
        ".param left=3\n.save i(v1)\n.ic v(a)=1\n.tran 1u 10u\n.end\n",
        "other.cir",
    )
    first, between, again = run(deck, other, deck)
    assert list(between.plots["tran"]) == ["time", "i(v1)"]
    assert list(first.plots["tran"]) == list(again.plots["tran"])
    for name, samples in first.plots["tran"].items():
        np.testing.assert_array_equal(samples, again.plots["tran"][name])


def test_includes_resolve_beside_the_deck_in_a_folder_of_any_name(tmp_path):
    folder = tmp_path / "a folder, of $ome n'ame"
    (folder / "parts").mkdir(parents=True)
    (folder / "parts" / "load.inc").write_text("r1 a 0 1k\n")
    path = folder / "Deck.CIR"
    path.write_text("* t\nv1 a 0 1\n.include parts/load.inc\n.op\n.end\n")
    result = run_deck(Deck(path, expected_plots=("op",)))
    assert result.vector("i(v1)", "op") == pytest.approx([-1e-3])


@pytest.mark.parametrize("name", ["a b.cir", "a;b.cir", "$home.cir", "a'b.cir", "-b.cir", "~a.cir"])
def test_a_file_name_that_ngspice_would_split_is_refused(tmp_path, name):
    with pytest.raises(InputError, match="letters, digits"):
        Deck(tmp_path / name)


@pytest.mark.parametrize("stop_time", [0.0, -1.0, float("nan"), float("inf")])
def test_a_stop_time_is_a_positive_number(tmp_path, stop_time):
    with pytest.raises(InputError, match="stop time"):
        Deck(tmp_path / "deck.cir", stop_time=stop_time)


def test_a_vector_that_was_not_saved_is_named(write_deck, run):
    text = (
        "* t\nv1 a 0 ac 1\nr1 a 0 1k\n.save v(nowhere) v(a)\n.tran 1u 10u\n.ac dec 1 1 10\n.end\n"
    )
    (result,) = run(write_deck(text))
    assert isinstance(result, Result)
    with pytest.raises(SimulatorError, match=r"'v\(nowhere\)' in plot 'tran'"):
        result.vector("v(nowhere)")
    with pytest.raises(SimulatorError, match="real vector"):
        result.vector("v(a)", "ac")


def test_current_vectors_that_an_analysis_does_not_fill_are_left_out(write_deck, run):
    text = (
        "* t\nv1 a 0 1\nm1 a a 0 0 n w=1u l=1u\n.model n nmos level=14 version=4.8\n"
        ".options savecurrents\n.op\n.end\n"
    )
    (result,) = run(write_deck(text, expected_plots=("op",)))
    drain = result.vector("@m1[id]", "op")
    np.testing.assert_allclose(drain, -result.vector("i(v1)", "op"), rtol=1e-3)
    assert all(len(samples) == 1 for samples in result.plots["op"].values())
