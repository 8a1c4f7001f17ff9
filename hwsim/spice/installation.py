"""What this machine offers: ngspice, and cores to run it on."""

from __future__ import annotations

import ctypes.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from hwsim.spice.errors import NgspiceMissing

_LIBRARY_VARIABLE = "NGSPICE_LIBRARY_PATH"


def core_count() -> int:
    """How many cores this process may use."""
    if sys.platform == "linux":
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def find_library() -> str | None:
    """The ngspice shared library as the loader knows it, None when there is none.

    ``NGSPICE_LIBRARY_PATH`` goes before the system's own. The name without a version that PySpice
    would look for belongs to the development package.
    """
    return os.environ.get(_LIBRARY_VARIABLE) or ctypes.util.find_library("ngspice")


def find_program() -> str | None:
    """The ngspice program on the PATH, None when there is none."""
    return shutil.which("ngspice")


def program_version() -> str | None:
    """The version that the ngspice program reports, None without program or version."""
    program = find_program()
    if program is None:
        return None
    try:
        banner = subprocess.run(  # noqa: S603 - the program that the PATH names
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    return version_in(banner.stdout)


def version_in(banner: str) -> str | None:
    """The version in ngspice's banner: ``** ngspice-39 : Circuit ...`` -> ``39``."""
    found = re.search(r"\bngspice-(\S+)", banner)
    return found[1] if found else None


def simulator_environment() -> dict[str, str]:
    """The environment for a process that runs ngspice.

    One thread: ngspice starts two OpenMP threads that spin while they wait, and it ignores
    ``OMP_NUM_THREADS``. Raw files are binary, whatever the user's shell says.
    """
    # Without a HOME ngspice looks for its start-up file at a null pointer.
    return {"HOME": "/"} | os.environ | {"OMP_THREAD_LIMIT": "1", "SPICE_ASCIIRAWFILE": "0"}


def library_environment() -> dict[str, str]:
    """`simulator_environment` with the path of the library, where PySpice looks for it.

    Raises:
        NgspiceMissing: there is no library, or none where ``NGSPICE_LIBRARY_PATH`` says.
    """
    library = find_library()
    if library is None:
        raise NgspiceMissing("the ngspice library (libngspice) is not installed")
    if os.sep in library and not Path(library).is_file():
        raise NgspiceMissing(f"{_LIBRARY_VARIABLE} names a file that is not there: {library}")
    return simulator_environment() | {_LIBRARY_VARIABLE: library}
