"""Who runs the jobs: this thread, threads of this process, or a Dask cluster."""

from __future__ import annotations

import contextlib
import gc
import importlib
import logging
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

from threadpoolctl import threadpool_limits

from hwsim.foundation.errors import InputError
from hwsim.spice import core_count

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

CONNECT_SECONDS = 5.0
"""Longest wait for a scheduler, and then for its first worker."""

RETRIES = 3
"""Runs of a job again after the worker that had it was lost."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """Something that runs jobs.

    Attributes:
        executor: takes them.
        waiting: jobs to hand over at a time, so that no worker waits for the next.
    """

    executor: Executor
    waiting: int


class OneByOne(Executor):
    """Runs each job at once and where it is called: for jobs with processes of their own.

    An interruption so reaches whoever waits for these processes.
    """

    def submit(
        self, fn: Callable[Arguments, Result], /, *args: Arguments.args, **kwargs: Arguments.kwargs
    ) -> Future[Result]:
        """Run a call; its errors are raised here."""
        future: Future[Result] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


@contextlib.contextmanager
def one_by_one() -> Iterator[Workforce]:
    """No workers: one job after the other."""
    yield Workforce(OneByOne(), waiting=1)


@contextlib.contextmanager
def threads(count: int | None = None) -> Iterator[Workforce]:
    """Threads of this process: the arithmetic of the engines leaves the interpreter free.

    Threads of BLAS are switched off for all of them: they would wait for each other, and jobs that
    each switched them off and on again would do so in the middle of others.

    Args:
        count: how many; None for one a core.
    """
    workers = count or core_count()
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(workers) as executor:
        yield Workforce(executor, waiting=_enough(workers))


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Workforce]:
    """The workers of a Dask scheduler, which have hwsim and its libraries installed as here.

    A job whose worker dies is run by another one.

    Args:
        address: of the scheduler, for example ``tcp://host:8786``.

    Raises:
        InputError: Dask is not installed, nobody answers, there is no worker, or all were lost.
    """
    distributed = _dask()
    client = _connected(address)
    lost = (distributed.scheduler.KilledWorker, distributed.comm.CommClosedError)
    with client:
        executor = client.get_executor(pure=False, retries=RETRIES)
        try:
            yield Workforce(executor, waiting=_enough(_workers(client, address)))
        except lost:
            raise InputError(
                f"the workers of '{address}' were lost again and again",
                hint="finished jobs are kept: the same command continues",
            ) from None
        except ModuleNotFoundError as error:
            raise InputError(
                f"a worker of '{address}' has no module {error.name}",
                hint="install the same hwsim in the environment of the workers",
            ) from None


def _dask() -> ModuleType:
    """The package distributed, an optional one.

    Raises:
        InputError: it is not installed.
    """
    try:
        return importlib.import_module("distributed")
    except ImportError:
        raise InputError(
            "a scheduler needs the package distributed", hint="install hwsim[cluster]"
        ) from None


def _connected(address: str) -> Any:  # noqa: ANN401 - a class of an optional package
    """A client of a scheduler.

    Raises:
        InputError: nobody answers.
    """
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # our errors say it too
    with contextlib.suppress(OSError, ValueError):
        return _dask().Client(address, timeout=CONNECT_SECONDS)
    # A client that never connected takes a lock when it is collected, and another one that is just
    # starting holds it: so it is collected now, and no traceback may keep it.
    gc.collect()
    raise InputError(
        f"no scheduler answers at '{address}'",
        hint="start one with `dask scheduler`; the address is like tcp://host:8786",
    )


def _workers(client: Any, address: str) -> int:  # noqa: ANN401
    """Jobs that the workers of a client run at once.

    Raises:
        InputError: there are no workers.
    """
    try:
        client.wait_for_workers(1, timeout=CONNECT_SECONDS)
    except TimeoutError:
        raise InputError(
            f"the scheduler at '{address}' has no workers",
            hint=f"start some: `dask worker {address}`",
        ) from None
    return int(sum(client.nthreads().values()))


def _enough(workers: int) -> int:
    """Jobs in hand for workers that may finish while others are looked after."""
    return 2 * workers + 1
