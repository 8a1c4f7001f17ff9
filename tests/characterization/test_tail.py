"""Lines whose drive ends, of other sizes than those that are measured."""

import pytest

from hwsim.characterization import mirror
from hwsim.characterization.cache import MeasurementCache
from hwsim.characterization.experiment import Experiment, Findings
from hwsim.characterization.laboratory import Job, Laboratory
from hwsim.characterization.mirror import tail_charge, tail_experiment
from hwsim.characterization.point import Point

pytestmark = pytest.mark.spice

HERE = Point()
SIZES = ((32, 10), (8, 56))


@pytest.fixture
def run(pool):
    def run_all(bench, experiments):
        with Laboratory(bench, pool, MeasurementCache(None)) as laboratory:
            answers = laboratory.run([Job(each) for each in experiments])
        return [answer.drawn.figures for answer in answers]

    return run_all


def single(bench, side, diode, mirrors, monkeypatch):
    """Charge and residual of one line of its own size, driven as many units a transistor."""
    with monkeypatch.context() as patch:
        patch.setattr(mirror, "TAIL_DIODE", diode)
        patch.setattr(mirror, "TAIL_MIRRORS", (mirrors,))
        patch.setattr(mirror, "TAIL_DRIVE", mirror.TAIL_DRIVE * diode / 32)
        deck = tail_experiment(bench, HERE, side)
        start = 1e-3 * mirror.LARGEST_TAIL * (diode + mirrors) / (mirror.TAIL_DRIVE * 1e-9)

    def read(result):
        copied = abs(result.vector("i(vout0)")) * diode / mirrors
        charge, residual = tail_charge(result.vector("time") - start, copied)
        return Findings({"charge": charge, "residual": residual})

    return Experiment(deck.text, ("charge",), read, ("tran",), deck.stop_time)


@pytest.mark.parametrize("side", ["source", "sink"])
@pytest.mark.parametrize("name", ["mirror_cascode", "mirror_plain"])
def test_the_charge_of_a_line_is_that_of_its_units(run, bench, name, side, monkeypatch):
    table = bench(name)
    lines = [single(table, side, *size, monkeypatch) for size in SIZES]
    figures, *found = run(table, [tail_experiment(table, HERE, side), *lines])
    unit, diode = figures[f"tail_charge_{side}"], figures[f"tail_charge_diode_{side}"]
    assert 0 < diode < unit
    for (in_diode, in_mirrors), line in zip(SIZES, found, strict=True):
        expected = unit * (in_diode + in_mirrors) + diode * in_diode
        assert line["charge"] == pytest.approx(expected, rel=0.02)
        assert line["residual"] < 0.03


def test_a_longer_transistor_carries_more(run, bench):
    charges = [
        run(bench(name), [tail_experiment(bench(name), HERE, "sink")])[0]["tail_charge_sink"]
        for name in ("mirror_cascode", "mirror_plain")
    ]
    assert 1.5 < charges[1] / charges[0] < 2.5
