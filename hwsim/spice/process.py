"""The parent's side of one worker process."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
from multiprocessing.connection import Pipe
from types import TracebackType
from typing import Self

from hwsim.spice.deck import Deck
from hwsim.spice.installation import library_environment
from hwsim.spice.outcome import Outcome
from hwsim.spice.protocol import Job, Progress, Ready

_DYING_SECONDS = 5.0  # between the end of the pipe and that of the process


class WorkerProcess:
    """A fresh interpreter that holds one ngspice library.

    Attributes:
        pipe: where its messages come in.
        is_ready: whether it has said anything yet: it takes a moment to load the library.

    It is started as a program of its own and not by `multiprocessing`, which would run the
    caller's main module again in it: the command line with click, or a script with torch.

    Raises:
        NgspiceMissing: there is no ngspice library.
    """

    def __init__(self) -> None:
        environment = library_environment()
        environment["PYTHONPATH"] = os.pathsep.join(os.path.abspath(path) for path in sys.path)  # noqa: PTH100 - an entry of sys.path need not exist
        self.is_ready = False
        self._output = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `kill`
        self.pipe, theirs = Pipe()
        with theirs:
            descriptor = theirs.fileno()
            self._process = subprocess.Popen(  # noqa: S603 - this interpreter, our own module
                [sys.executable, "-P", "-m", "hwsim.spice.worker", str(descriptor)],
                pass_fds=(descriptor,),
                stdin=subprocess.DEVNULL,
                stdout=self._output,
                stderr=subprocess.STDOUT,
                env=environment,
                cwd=os.sep,  # a .spiceinit where the user happens to stand has no say
                start_new_session=True,  # Ctrl-C is for the parent, which ends the worker
            )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.kill()

    @property
    def pid(self) -> int:
        """The process's number."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def submit(self, deck: Deck) -> None:
        """Hand over a deck; the answers come through `pipe`."""
        path = deck.path.absolute()
        try:
            self.pipe.send(Job(str(path.parent), path.name, deck.variants, deck.altered))
        except OSError:
            return  # it died just now, and `receive` says so

    def receive(self) -> Ready | Progress | Outcome | None:
        """The next message, None when the process has died."""
        try:
            message: Ready | Progress | Outcome = self.pipe.recv()
        except (EOFError, OSError):
            return None
        self.is_ready = True
        return message

    def kill(self) -> None:
        """End the process at once."""
        self._process.kill()
        self._process.wait()
        self.pipe.close()
        self._output.close()

    def cause_of_death(self) -> str:
        """How the process ended that has closed its pipe, with the last line it wrote."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING_SECONDS)
        code = self._process.poll()
        self._output.seek(0)
        lines = self._output.read().decode("utf-8", "replace").split("\n")
        words = next((line.strip() for line in reversed(lines) if line.strip()), "")
        self.kill()
        if code is None:
            cause = "it hung up"
        else:
            cause = signal.Signals(-code).name if code < 0 else f"exit {code}"
        return f"{cause}: {words}" if words else cause
