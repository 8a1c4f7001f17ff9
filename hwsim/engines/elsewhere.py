"""Calls over the workers of an executor, which may be on other machines."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from itertools import islice
from typing import Protocol, TypeVar

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")


class Workforce(Protocol):
    """Something that runs calls."""

    @property
    def executor(self) -> Executor:
        """Takes them; they and their results are pickled where it has other processes."""
        ...

    @property
    def waiting(self) -> int:
        """Calls to hand over at a time, so that no worker waits for the next."""
        ...


def finished_calls(
    workforce: Workforce, calls: Iterable[tuple[Key, Callable[[], Result]]]
) -> Iterator[tuple[Key, Result]]:
    """Run calls, a few at a time.

    Args:
        workforce: runs them.
        calls: each with a key; taken one by one.

    Yields:
        Key and result of each when it has finished. An error of a call is raised after what has
        finished beside it.
    """
    queue = iter(calls)
    running: dict[Future[Result], Key] = {}
    try:
        while True:
            for key, call in islice(queue, workforce.waiting - len(running)):
                running[workforce.executor.submit(call)] = key
            if not running:
                return
            for future in sorted(wait(running, return_when=FIRST_COMPLETED).done, key=_failed):
                yield running.pop(future), future.result()
    finally:
        for future in running:
            future.cancel()


def _failed(future: Future[Result]) -> bool:
    return future.cancelled() or future.exception() is not None
