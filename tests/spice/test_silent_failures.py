"""What ngspice does not tell, or tells with success: each is caught, and the next deck runs."""

import pytest

from hwsim.spice import (
    ConvergenceError,
    DeckError,
    IncompleteRun,
    Result,
    WorkerDied,
    run_batch,
)
from hwsim.spice.outcome import Outcome
from hwsim.spice.process import WorkerProcess

pytestmark = pytest.mark.spice

SOURCE = "* t\nv1 a 0 1\nr1 a b 1k\n"
TRAN = ".tran 1u 1m\n.end\n"
# A source that grows without bound half way.
POLE = (
    "* t\nv1 a 0 1\nb1 b 0 v=1/(time-0.5m)\nr1 b c 1\nc1 c 0 1u\n"
    ".options abstol=1e-15 reltol=1e-7 itl4=3\n"
)
TWO_SOURCES = "* t\nv1 a 0 1\nv2 a 0 2\nr1 a 0 1\n"

REFUSED = {
    "syntax": (SOURCE + "q1 zz\n" + TRAN, DeckError, "q1 zz"),
    "undefined parameter": (SOURCE + "r2 b 0 {nope}\n" + TRAN, DeckError, r"\[nope\]"),
    "unknown subcircuit": (SOURCE + "x1 a b nothere\n" + TRAN, DeckError, "nothere"),
    "unknown model": (SOURCE + "m1 a b 0 0 nomod\n" + TRAN, DeckError, "nomod"),
    "unknown device parameter": (SOURCE + "c1 b 0 1u foo=3\n" + TRAN, DeckError, "foo"),
    "unknown dot command": (SOURCE + ".foo bar\n" + TRAN, DeckError, r"\.foo bar"),
    "missing include": (SOURCE + ".include no.inc\n" + TRAN, DeckError, "no.inc"),
    "missing library": (SOURCE + ".lib no.lib tt\n" + TRAN, DeckError, "no.lib"),
    "device named twice": (SOURCE + "r1 a b 1k\n" + TRAN, DeckError, "already exists"),
    "initial value of no node": (SOURCE + ".ic v(zz)=1\n" + TRAN, DeckError, "zz"),
    "guess for no node": (SOURCE + ".nodeset v(zz)=1\n" + TRAN, DeckError, "zz"),
    "negative stop time": (SOURCE + ".tran 1u -1m\n.end\n", DeckError, "TSTOP"),
    "time step": (POLE + TRAN, ConvergenceError, "Timestep too small"),
    "time step in control": (
        POLE + ".control\ntran 1u 1m\n.endc\n.end\n",
        ConvergenceError,
        "Timestep too small",
    ),
    "singular matrix": (TWO_SOURCES + TRAN, ConvergenceError, "singular matrix"),
    "operating point": (TWO_SOURCES + ".op\n.end\n", ConvergenceError, "singular matrix"),
}
IN_THE_LIBRARY_ONLY = {
    "nothing to do": (SOURCE + ".end\n", DeckError, "No job"),
    "empty file": ("", DeckError, "circuits loaded"),
    "measurement": (
        SOURCE + ".measure tran x when v(b)=5\n" + TRAN,
        IncompleteRun,
        r"\.measure tran x when v\(b\)=5 failed",
    ),
    "quit": (SOURCE + ".control\nquit\n.endc\n" + TRAN, WorkerDied, "quit"),
    "saved nothing": (SOURCE + ".save none\n" + TRAN, IncompleteRun, "fewer than two points"),
}


@pytest.mark.parametrize("case", REFUSED | IN_THE_LIBRARY_ONLY)
def test_a_failure_is_typed_quotes_ngspice_and_leaves_the_next_deck_alone(write_deck, run, case):
    text, kind, words = (REFUSED | IN_THE_LIBRARY_ONLY)[case]
    good = write_deck()
    bad = write_deck(text, "bad.cir")
    before, failure, after = run(good, bad, good)
    assert type(failure) is kind
    with pytest.raises(kind, match=words) as raised:
        raise failure
    assert str(raised.value).startswith(str(bad.path))
    assert failure.exit_code == 3
    assert failure.deck == bad
    assert bad.path.read_text() == text
    assert isinstance(before, Result)
    assert after.vector("v(out)").tobytes() == before.vector("v(out)").tobytes()


@pytest.mark.parametrize("case", REFUSED)
def test_the_program_s_failures_are_the_library_s(write_deck, case):
    text, kind, words = REFUSED[case]
    with pytest.raises(kind, match=words):
        run_batch(write_deck(text))


def test_the_program_s_success_without_an_analysis_is_none(write_deck):
    with pytest.raises(IncompleteRun, match="no plot 'tran'"):
        run_batch(write_deck(SOURCE + ".end\n"))


@pytest.mark.parametrize("case", REFUSED | IN_THE_LIBRARY_ONLY)
def test_the_library_itself_never_answers_with_an_earlier_circuit(write_deck, case):
    """Without the pool, which would replace the worker: what the library hands out."""
    text, _, _ = (REFUSED | IN_THE_LIBRARY_ONLY)[case]
    bad, good = write_deck(text, "bad.cir"), write_deck()
    with WorkerProcess() as worker:
        first = _outcome(worker, good)
        failed = _outcome(worker, bad)
        if case == "saved nothing":
            assert len(failed.plots["tran"]["time"]) == 1
            return  # and it stays so until the process ends, which is why the pool ends it
        assert failed.plots == {}
        if failed.usable:
            again = _outcome(worker, good)
            assert (
                again.plots["tran"]["v(out)"].tobytes() == first.plots["tran"]["v(out)"].tobytes()
            )


def _outcome(worker, deck):
    worker.submit(deck)
    while not isinstance(message := worker.receive(), Outcome):
        assert message is not None, worker.cause_of_death()
    return message


@pytest.mark.parametrize("model", ["level=8 version=3.3.0", "level=14 version=4.8"])
def test_notes_on_the_error_stream_fail_nothing(write_deck, run, model):
    text = f"* t\nv1 d 0 1\nm1 d d 0 0 n w=1u l=1u\n.model n nmos {model} blah=3\n.op\n.end\n"
    deck = write_deck(text, expected_plots=("op",))
    (result,) = run(deck)
    assert isinstance(result, Result)
    assert "unrecognized parameter (blah)" in result.log
    assert isinstance(run_batch(deck), Result)


def test_a_search_for_the_operating_point_that_succeeds_is_no_failure(write_deck, run):
    text = "* t\nv1 a 0 1\nc1 a b 1u\nc2 b 0 1u\n.tran 1u 1m\n.end\n"
    (result,) = run(write_deck(text, stop_time=1e-3))
    assert "gmin stepping failed" in result.log
    assert isinstance(result, Result)


def test_a_node_or_a_title_called_error_is_no_error(write_deck, run):
    text = "Error: a title\nv1 error 0 1\nr1 error fatal 1k\n.tran 1u 1m\n.end\n"
    (result,) = run(write_deck(text, stop_time=1e-3))
    assert isinstance(result, Result)


@pytest.mark.parametrize(
    ("promise", "words"),
    [
        ({"stop_time": 2e-3}, "ends at 0.001 s instead of 0.002 s"),
        ({"stop_time": 0.999e-3}, "ends at 0.001 s instead of 0.000999 s"),
        ({"expected_plots": ("tran", "op")}, r"no plot 'op' \(it left: tran\)"),
    ],
)
def test_a_broken_promise_is_an_incomplete_run(write_deck, run, promise, words):
    deck = write_deck(SOURCE + TRAN, **promise)
    (failure,) = run(deck)
    assert type(failure) is IncompleteRun
    with pytest.raises(IncompleteRun, match=words):
        run_batch(deck)
    with pytest.raises(IncompleteRun, match=words):
        raise failure


def test_a_stop_time_without_a_transient_is_an_incomplete_run(write_deck, run):
    deck = write_deck(SOURCE + ".op\n.end\n", stop_time=1e-3, expected_plots=("op",))
    (failure,) = run(deck)
    assert type(failure) is IncompleteRun


def test_a_latch_starts_where_its_initial_values_say(write_deck, run):
    """An operating point of a latch may be the metastable one; `.ic` without `uic` picks a side."""
    text = (
        "* two inverters in a ring\nvdd vdd 0 1.2\n"
        "mp1 a b vdd vdd p w=1u l=0.2u\nmn1 a b 0 0 n w=0.5u l=0.2u\n"
        "mp2 b a vdd vdd p w=1u l=0.2u\nmn2 b a 0 0 n w=0.5u l=0.2u\n"
        ".model n nmos level=1 vto=0.4 kp=200u\n.model p pmos level=1 vto=-0.4 kp=100u\n"
        "c1 a 0 1f\nc2 b 0 1f\n.ic v(a)={high} v(b)={low}\n.tran 10p 10n\n.end\n"
    )
    up = write_deck(text.format(high=1.2, low=0), "up.cir", stop_time=1e-8)
    down = write_deck(text.format(high=0, low=1.2), "down.cir", stop_time=1e-8)
    is_up, is_down = run(up, down)
    assert is_up.vector("v(a)")[-1] == pytest.approx(1.2, abs=1e-3)
    assert is_down.vector("v(a)")[-1] == pytest.approx(0.0, abs=1e-3)


def test_threshold_and_gain_of_one_device_are_taken_from_the_deck(write_deck, run):
    """Mismatch is drawn in Python and written as device parameters: `agauss` is not needed."""
    text = (
        "* t\nv1 d 0 1\nm1 d d 0 0 n w=1u l=1u {change}\n"
        ".model n nmos level=14 version=4.8\n.op\n.end\n"
    )
    changes = ["", "delvto=0.02", "mulu0=1.1"]
    decks = [
        write_deck(text.format(change=change), f"d{number}.cir", expected_plots=("op",))
        for number, change in enumerate(changes)
    ]
    nominal, weaker, stronger = (-result.vector("i(v1)", "op")[0] for result in run(*decks))
    assert weaker < nominal < stronger
