"""The set-up of system packages, in a sandbox of stand-in programs: it installs or it explains."""

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[2] / "scripts" / "system-packages.sh"
BORROWED = ("sh", "tr", "sed", "tail", "mktemp", "rm", "env", "touch", "chmod")


class Machine:
    """A folder of programs that is the whole PATH of the script."""

    def __init__(self, folder):
        self.folder = folder
        self.calls = folder / "calls"
        self.calls.touch()
        for name in BORROWED:
            (folder / name).symlink_to(shutil.which(name))

    def program(self, name, body="exit 0"):
        path = self.folder / name
        path.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.calls}"\n{body}\n')
        path.chmod(0o755)

    def run(self, python="python3"):
        return subprocess.run(
            ["sh", str(SCRIPT), python],
            env={"PATH": str(self.folder)},
            capture_output=True,
            text=True,
        )

    def called(self):
        return self.calls.read_text()


@pytest.fixture
def machine(tmp_path):
    """Python with venv and the library, no ngspice, apt-get that provides it, a plain user."""
    made = Machine(tmp_path)
    made.program("python3")
    made.program("id", "echo 1000")
    ngspice = tmp_path / "ngspice"
    made.program("apt-get", f'case "$*" in *install*) touch {ngspice}; chmod +x {ngspice};; esac')
    return made


def test_nothing_missing_says_and_does_nothing(machine):
    machine.program("ngspice")
    done = machine.run()
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "apt-get" not in machine.called()


def test_a_plain_user_is_told_the_command(machine):
    done = machine.run()
    assert done.returncode == 1
    assert "sudo apt-get update && sudo apt-get install --yes ngspice\n" in done.stderr
    assert "apt-get" not in machine.called()


def test_a_user_without_python_is_told_all_that_is_missing(machine):
    (machine.folder / "python3").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert "install --yes python3 python3-venv libngspice0 ngspice\n" in done.stderr


def test_root_installs_only_what_is_missing(machine):
    machine.program("id", "echo 0")
    done = machine.run()
    assert done.returncode == 0, done.stderr
    assert done.stdout == "hwsim: installing the system packages ngspice\n"
    assert "--no-install-recommends ngspice\n" in machine.called()


def test_sudo_without_a_password_is_used(machine):
    machine.program("sudo", 'shift; exec "$@"')
    machine.program("true")
    assert machine.run().returncode == 0
    assert "sudo -n apt-get -qq update" in machine.called()


def test_apt_that_fails_is_quoted(machine):
    machine.program("id", "echo 0")
    machine.program("apt-get", "echo 'no route to host'; exit 100")
    done = machine.run()
    assert done.returncode == 1
    assert "no route to host" in done.stderr
    assert "could not install ngspice" in done.stderr


def test_an_old_python_is_refused(machine):
    machine.program("python3", 'case "$*" in *version_info*) exit 1;; esac')
    done = machine.run()
    assert done.returncode == 1
    assert "older than Python 3.11" in done.stderr


def test_without_apt_the_names_are_told(machine):
    (machine.folder / "apt-get").unlink()
    done = machine.run()
    assert done.returncode == 1
    assert "ngspice" in done.stderr
