"""The program: what it lists, what it imports, and how each kind of failure ends."""

import os
import pkgutil
import subprocess
import sys
from importlib import import_module

import click
import pytest

import hwsim.cli
from hwsim import __version__
from hwsim.cli import main as cli
from hwsim.cli.output import QuantityType
from hwsim.foundation.errors import InputError, SimulatorError, SpecificationError


@pytest.fixture
def command(monkeypatch):
    """Give `hwsim broken` a body and run it."""

    def run(body, *arguments, parameters=()):
        broken = click.Command("broken", callback=body, params=list(parameters))
        monkeypatch.setattr(cli.program, "get_command", lambda _context, _name: broken)
        return cli.main(["broken", *arguments])

    return run


def raising(error):
    def body():
        raise error

    return body


def modules_of_commands():
    elsewhere = {module: name for name, module in cli.ELSEWHERE.items()}
    modules = [module.name for module in pkgutil.iter_modules(hwsim.cli.__path__)]
    commands = {elsewhere.get(module, module): module for module in modules}
    return {
        name
        for name, module in commands.items()
        if hasattr(import_module(f"hwsim.cli.{module}"), f"{name}_command")
    }


def test_every_command_is_listed_and_every_listed_command_exists():
    assert set(cli.COMMANDS) == modules_of_commands()


@pytest.mark.parametrize("name", cli.COMMANDS)
def test_a_command_says_in_the_list_what_its_own_help_begins_with(name):
    command = cli.program.get_command(click.Context(cli.program), name)
    assert command.name == name
    assert command.help.splitlines()[0] == cli.COMMANDS[name]


def test_help_lists_the_commands(capsys):
    assert cli.main(["--help"]) == 0
    printed = capsys.readouterr().out
    for name, line in cli.COMMANDS.items():
        assert name in printed
        assert line.split()[0] in printed


def test_no_arguments_is_help(capsys):
    assert cli.main([]) == 0
    alone = capsys.readouterr().out
    cli.main(["--help"])
    assert alone == capsys.readouterr().out


@pytest.mark.parametrize("words", [["--help"], ["--version"]])
def test_help_imports_nothing_heavy(words):
    probe = (
        "import sys; from hwsim.cli.main import main\n"
        f"main({words!r})\n"
        "rooms = {name for name in sys.modules if name.startswith('hwsim.cli.')}\n"
        "heavy = {'numpy', 'scipy', 'torch', 'PySpice', 'pydantic', 'rich', 'matplotlib'}\n"
        "sys.exit(str(heavy & set(sys.modules) or rooms - {'hwsim.cli.main'} or ''))"
    )
    answer = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True)
    assert answer.stderr.strip() == ""


def test_version(capsys):
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"hwsim {__version__}\n"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InputError("is truncated", where="net.safetensors", hint="train it again"), 2),
        (SimulatorError("no convergence", where="deck.cir"), 3),
        (SpecificationError("agreement is 90 %"), 1),
    ],
)
def test_our_errors_are_one_line_and_their_exit_code(command, capsys, error, code):
    assert command(raising(error)) == code
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == f"error: {error}\n"


@pytest.mark.parametrize(
    "words",
    [["no-such-command"], ["--no-such-option"], ["broken", "--no-such-option"], ["broken", "word"]],
)
def test_wrong_usage_is_one_line_that_points_to_the_help(monkeypatch, capsys, words):
    broken = click.Command("broken", callback=lambda: None)
    known = {"broken": broken}
    monkeypatch.setattr(cli.program, "get_command", lambda _context, name: known.get(name))
    assert cli.main(words) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("error: ")
    assert printed.err.endswith("--help')\n")
    assert printed.err.count("\n") == 1


def test_a_quantity_in_another_unit_is_wrong_usage_naming_the_option(command, capsys):
    option = click.Option(["--step"], type=QuantityType("s"))
    assert command(lambda **_given: None, "--step", "10mV", parameters=[option]) == 2
    printed = capsys.readouterr().err
    assert "'--step'" in printed
    assert "10mV" in printed
    assert printed.count("\n") == 1


def test_interruption_is_130_and_no_traceback(command, capsys):
    assert command(raising(KeyboardInterrupt())) == 130
    assert capsys.readouterr().err.strip() == "error: interrupted"


def test_the_code_a_command_exits_with_is_ours(command):
    assert command(lambda: click.get_current_context().exit(1)) == 1
    assert command(lambda: None) == 0


def test_a_fault_of_ours_is_one_line_that_asks_for_a_report(command, capsys, monkeypatch):
    monkeypatch.delenv("HWSIM_DEBUG", raising=False)
    assert command(raising(ValueError("two\nlines"))) == 70
    printed = capsys.readouterr().err
    assert printed.startswith("error: internal error, ValueError: two lines; please report it")
    assert "HWSIM_DEBUG=1" in printed
    assert printed.count("\n") == 1


def test_debug_shows_the_traceback_of_a_fault_of_ours(command, capsys, monkeypatch):
    monkeypatch.setenv("HWSIM_DEBUG", "1")
    assert command(raising(ValueError("deep"))) == 70
    assert "Traceback" in capsys.readouterr().err


def test_a_reader_who_leaves_early_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    program = "import sys; from hwsim.cli.main import main; sys.exit(main(['--help']))"
    with os.fdopen(writing, "wb") as pipe:
        answer = subprocess.run(
            [sys.executable, "-c", program], stdout=pipe, stderr=subprocess.PIPE, text=True
        )
    assert answer.stderr == ""
