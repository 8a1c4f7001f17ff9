"""What a user installs holds all that the code opens."""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LEFT_BEHIND = {"__pycache__"}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """Names of the files in a wheel that is built offline from this tree."""
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert built.returncode == 0, built.stderr
    (archive,) = folder.glob("*.whl")
    return set(zipfile.ZipFile(archive).namelist())


def files_of(folder):
    return [
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and not LEFT_BEHIND & set(path.parts)
    ]


@pytest.mark.parametrize("folder", ["netlists", "models"])
def test_the_wheel_holds_what_lies_beside_the_package(wheel, folder):
    names = files_of(folder)
    assert names
    assert {f"hwsim/_shipped/{name}" for name in names} - wheel == set()


def test_the_wheel_holds_the_package_with_its_data_and_the_licence(wheel):
    assert set(files_of("hwsim")) - wheel == set()
    assert any(name.endswith("licenses/LICENSE") for name in wheel)
