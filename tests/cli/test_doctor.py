"""`hwsim doctor`: finds what is missing, proves that the rest works, and is quick about it."""

import importlib.metadata
import json
import subprocess
import sys

import pytest
from click.testing import CliRunner

from hwsim.cli.doctor import doctor_command

pytestmark = pytest.mark.spice


def ask(*arguments):
    answer = CliRunner().invoke(doctor_command, arguments)
    assert answer.stderr == ""
    return answer.exit_code, answer.stdout


def found(printed):
    return {item["name"]: item["found"] for item in json.loads(printed)["requirements"]}


@pytest.fixture
def no_ngspice(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH", raising=False)
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: None)


def test_all_is_well_here():
    code, printed = ask("--json")
    record = json.loads(printed)
    assert code == 0
    assert record["ok"] is True
    assert record["cores"] >= 1
    assert record["trial"]["passed"] is True
    assert record["trial"]["says"].startswith("ngspice ")


def test_every_declared_package_is_looked_for():
    _, printed = ask("--json")
    names = {name.lower() for name in found(printed)}
    assert {"numpy", "scipy", "torch", "pyspice", "click", "ngspice", "libngspice"} <= names
    assert found(printed)["numpy"] == importlib.metadata.version("numpy")
    assert not {"pytest", "mkdocs"} & names


def test_the_table_says_what_the_record_says():
    code, table = ask()
    _, printed = ask("--json")
    assert code == 0
    for name, version in found(printed).items():
        row = next(line for line in table.splitlines() if f" {name} " in line)
        assert version in row
    assert "install" not in table


@pytest.mark.usefixtures("no_ngspice")
def test_a_missing_ngspice_comes_with_the_command_that_brings_it():
    code, printed = ask("--json")
    record = json.loads(printed)
    assert code == 1
    assert record["ok"] is False
    missing = [item for item in record["requirements"] if item["found"] is None]
    assert [item["name"] for item in missing] == ["ngspice", "libngspice"]
    assert all("apt-get install ngspice libngspice0" in item["remedy"] for item in missing)
    assert record["trial"] == {
        "passed": False,
        "says": "the ngspice library (libngspice) is not installed",
    }
    code, table = ask()
    assert code == 1
    assert table.count("MISSING") == 2
    assert table.count("apt-get install ngspice libngspice0") == 1


def test_a_missing_package_comes_with_the_command_that_brings_it(monkeypatch):
    version = importlib.metadata.version

    def without_scipy(name):
        if name == "scipy":
            raise importlib.metadata.PackageNotFoundError(name)
        return version(name)

    monkeypatch.setattr("importlib.metadata.version", without_scipy)
    code, table = ask()
    assert code == 1
    assert f"scipy: {sys.executable} -m pip install 'scipy>=" in table


def test_a_library_that_does_not_work_is_not_well(monkeypatch):
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", "libm.so.6")
    code, printed = ask("--json")
    assert code == 1
    assert "ngSpice_Init" in json.loads(printed)["trial"]["says"]


def test_a_simulator_that_computes_something_else_is_not_well(monkeypatch):
    monkeypatch.setattr("hwsim.cli.doctor._TRIAL_VOLTS", 0.5)
    code, printed = ask("--json")
    assert code == 1
    assert "instead of 0.5000 V" in json.loads(printed)["trial"]["says"]


def test_neither_torch_nor_pyspice_is_imported():
    code = (
        "import sys\nfrom hwsim.cli.doctor import doctor_command\n"
        "doctor_command.main(['--json'], standalone_mode=False)\n"
        "print({'torch', 'PySpice', 'matplotlib'} & set(sys.modules), file=sys.stderr)"
    )
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert finished.stderr.strip() == "set()"
    json.loads(finished.stdout)
