"""Who runs the jobs: threads of this process, or a Dask cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass

from hwsim.foundation.errors import InputError
from hwsim.spice import core_count

CONNECT_SECONDS = 5.0
"""Longest wait for a scheduler, and then for its first worker."""

RETRIES = 3
"""Runs of a job again after the worker that had it was lost."""


@dataclass(frozen=True, slots=True)
class Workforce:
    """Something that runs jobs.

    Attributes:
        executor: takes them.
        workers: how many it runs at once, as far as is known when it starts.
    """

    executor: Executor
    workers: int

    @property
    def waiting(self) -> int:
        """Jobs to hand over at a time, so that no worker waits for the next."""
        return 2 * self.workers + 1


@contextlib.contextmanager
def threads(count: int | None = None) -> Iterator[Workforce]:
    """Threads of this process: the arithmetic of the engines leaves the interpreter free.

    Args:
        count: how many; None for one a core.
    """
    workers = count or core_count()
    with ThreadPoolExecutor(workers) as executor:
        yield Workforce(executor, workers)


@contextlib.contextmanager
def cluster(address: str) -> Iterator[Workforce]:
    """The workers of a Dask scheduler, which have hwsim and its libraries installed as here.

    A job whose worker dies is run by another one.

    Args:
        address: of the scheduler, for example ``tcp://host:8786``.

    Raises:
        InputError: Dask is not installed, nobody answers, there is no worker, or all were lost.
    """
    try:
        import distributed
    except ImportError:
        raise InputError(
            "a scheduler needs the package distributed", hint="install hwsim[cluster]"
        ) from None
    try:
        client = distributed.Client(address, timeout=CONNECT_SECONDS)
    except (OSError, ValueError) as error:
        raise InputError(
            f"no scheduler answers at '{address}'",
            hint="start one with `dask scheduler`; the address is like tcp://host:8786",
        ) from error
    lost = (distributed.scheduler.KilledWorker, distributed.comm.CommClosedError)
    with client:
        try:
            client.wait_for_workers(1, timeout=CONNECT_SECONDS)
            workers = sum(client.nthreads().values())
            yield Workforce(client.get_executor(pure=False, retries=RETRIES), workers)
        except TimeoutError:
            raise InputError(
                f"the scheduler at '{address}' has no workers",
                hint=f"start some: `dask worker {address}`",
            ) from None
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
