"""Worker processes: they run what they are given, and none is left behind."""

import math
import os
import time

import pytest

from hwsim.studies.paper.processes import workers


def test_none_is_left_when_the_block_ends_by_an_error():
    with pytest.raises(KeyboardInterrupt), workers(2) as executor:
        assert executor.submit(math.sqrt, 9.0).result() == 3.0
        pids = {executor.submit(os.getpid).result() for _ in range(4)}
        assert os.getpid() not in pids
        executor.submit(time.sleep, 3600)
        raise KeyboardInterrupt
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_one_is_this_process():
    with workers(1) as executor:
        assert executor.submit(os.getpid).result() == os.getpid()
