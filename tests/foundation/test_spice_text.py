"""Netlists from elsewhere hold devices; what would run a program or leave the folder is refused."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hwsim.foundation.errors import InputError
from hwsim.foundation.spice_text import refuse_commands

HARMLESS = """* a title with shell, system, .control and .include /etc/passwd in it
.subckt inv in out vdd 0
mp out in vdd vdd p w=1u
+ l=0.18u
mn out in 0 0 n w=1u l=0.18u $ not a path: ../x
sshell in out c 0 sw
.ends
* .control
.include parts/a.inc
.include "parts/a b.inc"
.lib 'parts/corner.lib' tt
.lib tt
.endl
.inc a..b.inc
.param control=1 system=2
rsystem shell system 1k
"""


def test_devices_models_and_includes_from_the_folder_pass():
    refuse_commands(HARMLESS, "inv.spice")


@pytest.mark.parametrize(
    "line",
    [
        ".control",
        ".CONTROL",
        "  .Control ; hidden",
        ".endc",
        "shell rm -r x",
        "SHELL rm -r x",
        "system rm -r x",
        "!rm -r x",
        "*# shell rm -r x",
        "  *#shell rm -r x",
        "* # shell rm -r x",
        ".save v(`rm -r x`)",
        ".model a d_process(process_file=x)",
        ".model a d_cosim simulation=x.so",
        ".include /etc/passwd",
        ".INCLUDE /etc/passwd",
        ".inc '/etc/passwd'",
        '.incl "/etc/passwd"',
        ".include ~/x",
        ".include $HOME/x",
        ".include parts/$x",
        ".include ../x",
        ".include parts/../../x",
        ".include ..",
        r".include ..\x",
        r".include C:\x",
        r".include \\server\x",
        ".lib ../corner.lib tt",
        ".lib '/pdk/corner.lib' tt",
        ".include\n+ /etc/passwd",
        ".include\n* a comment between\n+ /etc/passwd",
        "\t.include\t/etc/passwd",
    ],
)
def test_commands_and_paths_outside_are_refused_with_their_line(line):
    with pytest.raises(InputError) as refused:
        refuse_commands(HARMLESS + line + "\n" + HARMLESS, "inv.spice")
    number = HARMLESS.count("\n") + 1
    assert str(refused.value).startswith(f"inv.spice, line {number}: ")


@given(
    margin=st.text(" \t", max_size=3),
    name=st.sampled_from(["inc", "incl", "include", "lib"]),
    case=st.sampled_from([str.lower, str.upper, str.title]),
    quote=st.sampled_from(["", "'", '"']),
    inside=st.lists(st.sampled_from(["a", "b.c", "."]), max_size=3),
)
def test_no_spelling_of_an_escape_passes(margin, name, case, quote, inside):
    path = "/".join([*inside, "..", "x"])
    with pytest.raises(InputError, match="line 2"):
        refuse_commands(f"* t\n{margin}.{case(name)} {quote}{path}{quote}\n", "x.spice")
