"""What makes a datasheet another one, and what does not."""

import pytest

from hwsim.characterization.bench import bench_of
from hwsim.characterization.identity import (
    _code,
    bare_code,
    bare_netlist,
    identify,
    reached_netlist,
)
from hwsim.circuits.specification import Limits
from hwsim.circuits.template import load_template


def test_words_about_a_circuit_do_not_count(edited, technology):
    told = edited("fq_bmru_9t", ("* Once `state`", "* As soon as `state`"))
    told = told.model_copy(update={"specification": {"level": Limits(min=0.5)}, "description": "x"})
    plain = identify(bench_of(load_template("fq_bmru_9t"), technology))
    assert identify(bench_of(told, technology)).content == plain.content


@pytest.mark.parametrize("name", ["fq_bmru_9t", "relu_diode"])
def test_a_transistor_counts(edited, technology, name):
    longer = edited(name, ("l={l_unit}", "l={2*l_unit}"))
    plain = identify(bench_of(load_template(name), technology))
    assert identify(bench_of(longer, technology)).content != plain.content


def test_a_deck_is_known_by_the_circuits_it_places():
    used = ".subckt a x y\nR1 x y 1\n.ends a\n"
    unused = ".subckt b x y\nR1 x y {}\n.ends b\n"
    top = "* title\nX1 p q a ; a resistor\n.op\n"
    one, other = (reached_netlist(used + unused.format(value) + top) for value in (1, 2))
    assert one == other
    assert reached_netlist(used.replace("1\n", "2\n") + top) != reached_netlist(used + top)


def test_comments_at_the_end_of_a_line_do_not_count():
    assert bare_netlist("R1 a b 1 ; one\n") == bare_netlist("R1  a b 1 $ one\n") == "R1 a b 1"
    assert bare_netlist("V1 $node 0 1\n") == "V1 $node 0 1"


def test_code_is_known_without_its_words():
    told = '"""Module."""\n\n\ndef f(x):\n    """Says."""\n    # why\n    return f"{x} {1}"\n'
    bare = 'def f(x):\n    return f"{x} {1}"\n'
    assert bare_code(told) == bare_code(bare)
    assert bare_code(bare) != bare_code(bare.replace("1", "2"))


def test_experiments_of_other_kinds_do_not_count(bench, monkeypatch):
    bare = bare_code
    monkeypatch.setattr(
        "hwsim.characterization.identity.bare_code",
        lambda source: bare(source) + ("changed" if "def tail_charge" in source else ""),
    )
    cells = bench("fq_bmru_9t"), bench("mirror_plain")
    before = [identify(each) for each in cells]
    _code.cache_clear()
    after = [identify(each) for each in cells]
    _code.cache_clear()
    assert after[0] == before[0]
    assert after[1].testbench != before[1].testbench
    assert after[1].setting != before[1].setting


def test_mismatch_constants_count_for_the_datasheet_and_not_for_a_deck(bench):
    cell = bench("fq_bmru_9t")
    mismatch = cell.technology.mismatch.model_copy(update={"width_offset": 1e-8})
    technology = cell.technology.model_copy(update={"mismatch": mismatch})
    before, after = identify(cell), identify(bench_of(cell.template, technology))
    assert after.content != before.content
    assert after.setting == before.setting
