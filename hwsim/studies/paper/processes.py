"""Worker processes that end with whoever started them."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing.connection import Connection

from hwsim.studies.sweep.executors import OneByOne


@contextlib.contextmanager
def workers(count: int) -> Iterator[Executor]:
    """Something that runs units of work: this process for one, else so many others.

    Others end at once when the block is left by an error, and when this process dies.

    Args:
        count: at least 1.
    """
    if count == 1:
        yield OneByOne()
        return
    # A process that torch has run in cannot be forked safely.
    context = multiprocessing.get_context("spawn")
    there, here = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(count, mp_context=context, initializer=_begin, initargs=(there,))
    try:
        yield pool
    except BaseException:
        here.close()
        raise
    finally:
        pool.shutdown(cancel_futures=True)
        here.close()
        there.close()


def _begin(line: Connection) -> None:
    """Leave interruptions to whoever started this process, and end when that one has gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=(line,), daemon=True).start()


def _end_with(line: Connection) -> None:
    with contextlib.suppress(EOFError, OSError):
        line.recv_bytes()
    os._exit(1)
