"""A worker process: one ngspice library, one job after another until the pipe closes."""

from __future__ import annotations

import os
import queue
import sys
import threading
from multiprocessing.connection import Connection

from hwsim.spice.library import Library
from hwsim.spice.protocol import Job, Progress, Ready


def main(file_descriptor: int) -> None:
    """Serve the pool at the other end of a pipe; never returns.

    Args:
        file_descriptor: this end of the pipe, inherited from the parent.
    """
    # A program that a deck starts must not keep the pipe open after us.
    os.set_inheritable(file_descriptor, False)
    pipe = Connection(file_descriptor)
    jobs: queue.SimpleQueue[Job] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(pipe, jobs), daemon=True).start()
    library = Library(on_progress=lambda fraction: pipe.send(Progress(fraction)))
    pipe.send(Ready())
    usable = True
    while usable:
        job = jobs.get()
        outcome = library.run_file(job.folder, job.name, job.variants, job.altered)
        pipe.send(outcome)
        usable = outcome.usable
    # The library's own clean-up crashes after it has asked to be detached.
    os._exit(0)


def _listen(pipe: Connection, jobs: queue.SimpleQueue[Job]) -> None:
    """Queue the jobs; end the process, also in mid-run, when the parent is gone."""
    try:
        while True:
            jobs.put(pipe.recv())
    except (EOFError, OSError):
        os._exit(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))
