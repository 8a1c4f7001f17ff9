"""Benches, technologies and edited copies of templates; nothing touches the user's cache."""

import shutil

import pytest

from hwsim.characterization.bench import bench_of
from hwsim.circuits.technology import load_technology
from hwsim.circuits.template import load_template
from hwsim.spice import WorkerPool


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("HWSIM_CACHE", str(tmp_path / "cache"))


@pytest.fixture(scope="session")
def technology():
    return load_technology("generic180")


@pytest.fixture(scope="session")
def pool():
    with WorkerPool(1, timeout_seconds=60.0) as shared:
        yield shared


@pytest.fixture(scope="session")
def bench(technology):
    """The bench of a template of the library."""
    return lambda name: bench_of(load_template(name), technology)


@pytest.fixture
def edited(tmp_path):
    """A template of the library with words of its SPICE text replaced."""

    def edit(name, *replacements):
        template = load_template(name)
        folder = tmp_path / "edited" / name
        shutil.copytree(template.folder, folder, dirs_exist_ok=True)
        path = folder / "template.spice"
        text = path.read_text()
        for old, new in replacements:
            assert old in text
            text = text.replace(old, new)
        path.write_text(text)
        return template.model_copy(update={"folder": folder})

    return edit
