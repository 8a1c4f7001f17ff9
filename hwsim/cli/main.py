"""The `hwsim` program: finds the command, runs it, and says in one line why it failed."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module

import click

from hwsim import __version__
from hwsim.foundation.errors import HwsimError

COMMANDS: dict[str, str] = {
    "demo": "Run the whole chain on real speech: export, three engines, a verdict, a picture.",
    "task": "Look at the tasks to train on; make one of a folder of sounds.",
    "train": "Train a network on a task and write its checkpoint.",
    "tune": "Search learning rate and weight decay of cells with the same budget each.",
    "study": "Compare the cells over many seeds: convergence, initialisation, gradients, chips.",
    "import": "Make a checkpoint of the weights of other code, checked against its outputs.",
    "evaluate": "Score a checkpoint's float network, also one that no circuit can be made of.",
    "export": "Compile a checkpoint into a hardware description and a netlist.",
    "simulate": "Run an export on one engine: traces and accuracy.",
    "verify": "Compare the three engines on real recordings.",
    "sweep": "Run many chips over mismatch, noise, temperature and more: accuracy, power, yield.",
    "explore": "Find the design of least energy: bits, levels, template, supply, current, step.",
    "power": "Power and energy per group of devices, per stage, per cell and per inference.",
    "yardstick": "Compare the energy of an inference with that of digital hardware, as published.",
    "scaling": "Fit the power of random networks over their width and depth.",
    "report": "Put everything that is known of an export on one page.",
    "template": "Look at circuit templates, start one, check it, measure it, compare two.",
    "doctor": "Say what is installed, what is missing and how to get it.",
}
"""Help line of each command, in the order of the work.

The command ``name`` is ``name_command`` of ``hwsim.cli.name``, or of the module that `ELSEWHERE`
names. Help lines are kept here, and not only there, so that ``hwsim --help`` imports no command and
answers at once.
"""

ELSEWHERE = {"import": "import_checkpoint"}
"""Modules of the commands whose names Python keeps for itself."""

INTERRUPTED = 130
INTERNAL_ERROR = 70


class LazyGroup(click.Group):
    """A group that imports the module of a command when the command is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of the commands, in the order of the work."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import and return one command; None when there is none of that name."""
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"hwsim.cli.{ELSEWHERE.get(cmd_name, cmd_name)}")
        command: click.Command = getattr(module, f"{cmd_name}_command")
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the help lines of the table, importing nothing."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, COMMANDS[name]) for name in self.list_commands(ctx)])


@click.group(
    cls=LazyGroup,
    invoke_without_command=True,
    subcommand_metavar="COMMAND [ARGS]...",
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 done, 1 specification not met, 2 bad input, 3 simulator failure.",
)
@click.version_option(__version__, message="%(prog)s %(version)s")
@click.pass_context
def program(context: click.Context) -> None:
    """From a trained hysteretic recurrent network to a transistor-level verdict.

    Compile a checkpoint into a hardware description and a netlist, run it in NumPy and in
    ngspice, and compare.
    """
    if context.invoked_subcommand is None:
        click.echo(context.get_help())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the user's mistakes end in one line on stderr.

    Args:
        arguments: the words after ``hwsim``; those of the process when None.

    Returns:
        The exit code: 0, that of the `HwsimError`, 2 for wrong usage, 130 when interrupted,
        70 for a fault of hwsim itself.
    """
    try:
        outcome = program.main(arguments, prog_name="hwsim", standalone_mode=False)
    except HwsimError as error:
        return _fail(str(error), error.exit_code)
    except click.ClickException as error:
        return _fail(_usage_message(error), error.exit_code)
    except (KeyboardInterrupt, click.Abort):
        return _fail("interrupted", INTERRUPTED)
    except Exception as error:  # noqa: BLE001 - the last guard: a fault of ours, told as such
        return _internal_error(error)
    # A command returns None; click hands back the code of `ctx.exit(code)`.
    return outcome if isinstance(outcome, int) else 0


def _fail(message: str, code: int) -> int:
    click.echo(f"error: {message}", err=True)
    return code


def _usage_message(error: click.ClickException) -> str:
    message = " ".join(error.format_message().split())
    if isinstance(error, click.UsageError) and error.ctx is not None:
        message += f" (see '{error.ctx.command_path} --help')"
    return message


def _internal_error(error: Exception) -> int:
    if os.environ.get("HWSIM_DEBUG"):
        traceback.print_exception(error, file=sys.stderr)
        return INTERNAL_ERROR
    words = " ".join(f"{type(error).__name__}: {error}".split())
    return _fail(
        f"internal error, {words}; please report it, "
        "run again with HWSIM_DEBUG=1 for the traceback",
        INTERNAL_ERROR,
    )
