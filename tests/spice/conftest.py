"""Decks that tests write, and one pool for those that only need some worker."""

import pytest

from hwsim.spice import Deck, WorkerPool

RC = """* a low pass of 1 us under a step
V1 In 0 pulse(0 1 0 1p 1p 1 2)
R1 In out 1k
C1 out 0 1n
.tran 10n 5u
.end
"""


@pytest.fixture
def write_deck(tmp_path):
    def write(text=RC, name="deck.cir", **promises):
        path = tmp_path / name
        path.write_text(text)
        return Deck(path, **promises)

    return write


@pytest.fixture(scope="session")
def pool():
    with WorkerPool(1, timeout_seconds=20.0) as shared:
        yield shared


@pytest.fixture
def run(pool):
    """Run decks in the shared pool and return what became of them, in their order."""

    def run_all(*decks):
        return [verdict for _, verdict in sorted(pool.run(decks), key=lambda pair: pair[0])]

    return run_all
