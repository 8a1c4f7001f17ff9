"""Files are whole or absent, on a full disk too."""

import errno
import os

import pytest

from hwsim.foundation.errors import InputError
from hwsim.foundation.files import write_bytes


@pytest.fixture
def full_disk(monkeypatch):
    """Every stream takes nothing more."""
    opened = os.fdopen

    def refusing(*arguments):
        stream = opened(*arguments)

        class Full:
            def __enter__(self):
                return self

            def __exit__(self, *_):
                stream.close()

            def write(self, _content):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

        return Full()

    monkeypatch.setattr(os, "fdopen", refusing)


@pytest.mark.usefixtures("full_disk")
def test_a_full_disk_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "results"
    path.write_text("old")
    with pytest.raises(InputError, match="results: cannot write: No space left"):
        write_bytes(path, b"new")
    assert path.read_text() == "old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["results"]
