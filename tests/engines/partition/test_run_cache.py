"""Finished runs on disk."""

import errno
import os
import time
from multiprocessing import get_context

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hwsim.engines.partition.run_cache import FORM, RunCache
from hwsim.foundation.errors import InputError

PAYLOAD = b"what a run has left\n" * 20


def files(folder):
    return sorted(path.name for path in folder.iterdir())


def test_what_was_saved_comes_back(tmp_path):
    cache = RunCache(tmp_path / "new")
    assert cache.load("key") is None
    cache.save("key", PAYLOAD)
    assert RunCache(tmp_path / "new").load("key") == PAYLOAD
    assert cache.load("other") is None


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(st.data())
def test_a_changed_byte_is_noticed_and_the_entry_made_anew(tmp_path, data):
    cache = RunCache(tmp_path)
    cache.save("key", PAYLOAD)
    (path,) = tmp_path.iterdir()
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(content)
    assert cache.load("key") is None
    cache.save("key", PAYLOAD)
    assert cache.load("key") == PAYLOAD


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(0, 0.999))
def test_an_entry_cut_short_counts_as_absent(tmp_path, part):
    cache = RunCache(tmp_path)
    cache.save("key", PAYLOAD)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[: int(part * path.stat().st_size)])
    assert cache.load("key") is None


def test_an_entry_of_another_run_or_version_counts_as_absent(tmp_path):
    cache = RunCache(tmp_path)
    cache.save("key", PAYLOAD)
    (path,) = tmp_path.iterdir()
    path.with_stem("other").write_bytes(path.read_bytes())
    assert cache.load("other") is None
    path.write_bytes(path.read_bytes().replace(FORM.encode(), b"hwsim-run 0", 1))
    assert cache.load("key") is None


def test_what_was_not_used_for_longest_goes_first(tmp_path):
    cache = RunCache(tmp_path, limit=5 * 600)
    for index in range(4):
        cache.save(f"key{index}", bytes(500))
        os.utime(tmp_path / f"key{index}.run", (index, index))
    assert cache.load("key0") is not None  # used just now
    for index in range(4, 6):
        cache.save(f"key{index}", bytes(500))
    left = files(tmp_path)
    assert "key0.run" in left
    assert "key5.run" in left
    assert "key1.run" not in left
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) <= 5 * 600


def test_an_entry_larger_than_the_limit_is_kept_until_the_next(tmp_path):
    cache = RunCache(tmp_path, limit=100)
    cache.save("large", bytes(500))
    assert cache.load("large") is not None
    cache.save("next", b"")
    assert files(tmp_path) == ["next.run"]


def _write(folder, number, rounds):
    cache = RunCache(folder, limit=20_000)
    for index in range(rounds):
        cache.save(f"key{(index * 7 + number) % 30}", bytes([index % 30]) * 1000)
        cache.load(f"key{index % 30}")


def test_writers_at_once_leave_whole_entries(tmp_path):
    context = get_context("spawn")
    writers = [context.Process(target=_write, args=(tmp_path, n, 60)) for n in range(3)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    assert [writer.exitcode for writer in writers] == [0, 0, 0]
    cache = RunCache(tmp_path)
    left = files(tmp_path)
    assert left
    assert all(cache.load(name.removesuffix(".run")) is not None for name in left)


def test_a_full_disk_is_told_and_loses_nothing(tmp_path, monkeypatch):
    cache = RunCache(tmp_path)
    cache.save("key", PAYLOAD)

    def full(*_args, **_options):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("hwsim.foundation.files.os.fdopen", full)
    with pytest.raises(InputError, match="No space left on device"):
        cache.save("next", PAYLOAD)
    monkeypatch.undo()
    assert files(tmp_path) == ["key.run"]
    assert cache.load("key") == PAYLOAD


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="cannot write"):
        RunCache(tmp_path / "file" / "parts").save("key", b"")


def test_reading_counts_as_use(tmp_path):
    cache = RunCache(tmp_path)
    cache.save("key", PAYLOAD)
    os.utime(tmp_path / "key.run", (1, 1))
    cache.load("key")
    assert (tmp_path / "key.run").stat().st_mtime > time.time() - 3600
