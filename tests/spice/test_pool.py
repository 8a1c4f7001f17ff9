"""Workers: replaced when they die or hang, gone when nobody needs them."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hwsim.foundation.errors import InputError
from hwsim.spice import (
    DeckError,
    NgspiceMissing,
    Result,
    SimulationTimeout,
    WorkerDied,
    WorkerPool,
    run_batch,
    run_deck,
)

pytestmark = pytest.mark.spice

# Minutes of work, and progress from the first moment on.
ENDLESS = "* t\nv1 a 0 sin(0 1 1e6)\nr1 a b 1k\nc1 b 0 1n\n.save v(b)\n.tran 1n 50m\n.end\n"


def has_ended(pid):
    """Whether a process is gone, or a zombie that nobody has collected, threads and all."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        return state == "Z" and len(list(Path(f"/proc/{pid}/task").iterdir())) <= 1
    except (FileNotFoundError, ProcessLookupError):
        return True


def wait_until_ended(pids, seconds=20.0):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if all(has_ended(pid) for pid in pids):
            return True
        time.sleep(0.02)
    return False


def test_many_decks_come_back_with_their_own_index(write_deck):
    text = "* t\nv1 a 0 {volts}\nr1 a 0 1k\n.tran 1u 10u\n.end\n"
    decks = [write_deck(text.format(volts=volts), f"d{volts}.cir") for volts in range(20)]
    with WorkerPool(2) as pool:
        answers = dict(pool.run(iter(decks)))
        assert len(pool.worker_pids) == 2
    assert {index: answer.vector("v(a)")[-1] for index, answer in answers.items()} == {
        index: pytest.approx(index) for index in range(20)
    }


def test_a_deck_may_follow_from_what_another_gave(write_deck):
    text = "* t\nv1 a 0 {volts}\nr1 a 0 1k\n.tran 1u 10u\n.end\n"
    given = []

    def decks():
        for number in range(3):
            while len(given) < number:
                yield None
            volts = 1 + sum(given)
            yield write_deck(text.format(volts=volts), f"d{number}.cir")
        while True:
            yield None

    with WorkerPool(2) as pool:
        for _, answer in pool.run(decks()):
            given.append(float(answer.vector("v(a)")[-1]))
    assert given == pytest.approx([1, 2, 4])


def test_workers_start_when_needed_and_stay_for_the_next_run(write_deck):
    deck = write_deck()
    with WorkerPool(4) as pool:
        assert pool.worker_pids == frozenset()
        list(pool.run([deck]))
        first = pool.worker_pids
        list(pool.run([deck]))
        assert len(first) == 1
        assert pool.worker_pids == first
    assert wait_until_ended(first)


def test_a_deck_that_takes_too_long_is_stopped_and_the_pool_goes_on(write_deck):
    # Seconds of work: it would end within the time that a fresh worker has for its start.
    good, long = write_deck(), write_deck(ENDLESS.replace("50m", "1m"), "long.cir")
    with WorkerPool(1, timeout_seconds=0.5) as pool:
        answers = dict(pool.run([good, long, good]))
        assert isinstance(answers[0], Result)
        assert isinstance(answers[2], Result)
        with pytest.raises(SimulationTimeout, match=r"long.cir: .*0\.5 s"):
            raise answers[1]


def test_the_program_too_is_stopped(write_deck):
    with pytest.raises(SimulationTimeout, match=r"0\.2 s"):
        run_batch(write_deck(ENDLESS), timeout_seconds=0.2)


def test_a_worker_killed_in_mid_run_costs_one_deck(write_deck):
    good, endless = write_deck(), write_deck(ENDLESS, "endless.cir")
    with WorkerPool(1, timeout_seconds=60) as pool:

        def kill(_index, _fraction):
            for pid in pool.worker_pids:
                os.kill(pid, signal.SIGKILL)

        answers = dict(pool.run([endless, good], on_progress=kill))
        assert isinstance(answers[1], Result)
        with pytest.raises(WorkerDied, match=r"endless.cir: .*SIGKILL"):
            raise answers[0]


def test_a_worker_killed_between_runs_costs_nothing(write_deck):
    deck = write_deck()
    with WorkerPool(1) as pool:
        list(pool.run([deck]))
        (pid,) = pool.worker_pids
        os.kill(pid, signal.SIGKILL)
        assert wait_until_ended([pid])
        ((_, answer),) = pool.run([deck])
        assert isinstance(answer, Result)


def test_a_deck_that_is_not_there_needs_no_worker(write_deck):
    deck = write_deck()
    deck.path.unlink()
    with WorkerPool(1) as pool:
        ((_, answer),) = pool.run([deck])
        assert pool.worker_pids == frozenset()
    assert isinstance(answer, DeckError)
    with pytest.raises(DeckError, match="no such file"):
        run_batch(deck)


def test_progress_grows_from_nothing_to_all(write_deck):
    text = "* t\nv1 a 0 sin(0 1 1e6)\nr1 a b 1k\nc1 b 0 1n\n.save v(b)\n.tran 1n 200u\n.end\n"
    seen = []
    run_deck(write_deck(text, stop_time=2e-4), on_progress=seen.append)
    assert len(seen) > 1
    assert seen == sorted(seen)
    assert 0.0 <= seen[0] < seen[-1] <= 1.0


def test_an_iterator_left_alone_leaves_no_run_behind(write_deck):
    good, endless = write_deck(), write_deck(ENDLESS, "endless.cir")
    with WorkerPool(2, timeout_seconds=60) as pool:
        answers = pool.run([endless, good])
        assert next(answers)[0] == 1
        with pytest.raises(RuntimeError, match="already runs"):
            next(pool.run([good]))
        before = pool.worker_pids
        answers.close()
        assert len(pool.worker_pids) == 1
        ((_, answer),) = pool.run([good])
        assert isinstance(answer, Result)
    assert wait_until_ended(before)


def test_an_error_in_the_callback_reaches_the_caller_and_ends_the_workers(write_deck):
    pids = []

    def stop(_index, _fraction):
        pids.extend(pool.worker_pids)
        raise LookupError

    with pytest.raises(LookupError), WorkerPool(1) as pool:
        list(pool.run([write_deck(ENDLESS)], on_progress=stop))
    assert pids
    assert wait_until_ended(pids)


SCRIPT = """
import sys
from pathlib import Path
from hwsim.spice import Deck, WorkerPool

with WorkerPool(1, timeout_seconds=60) as pool:
    for _ in pool.run(
        [Deck(Path(sys.argv[1]))],
        on_progress=lambda i, f: print(*pool.worker_pids, flush=True),
    ):
        pass
"""


@pytest.fixture
def parent(write_deck):
    """A process of its own that runs an endless deck, and the pid of its worker."""
    deck = write_deck(ENDLESS)
    command = [sys.executable, "-c", SCRIPT, str(deck.path)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        try:
            yield process, int(process.stdout.readline())
        finally:
            process.kill()


@pytest.mark.parametrize("signal_number", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_in_mid_run_when_their_parent_dies(parent, signal_number):
    process, worker = parent
    process.send_signal(signal_number)
    assert wait_until_ended([worker])


def test_ctrl_c_ends_the_parent_and_its_workers(parent):
    process, worker = parent
    os.killpg(process.pid, signal.SIGINT)
    _, words = process.communicate(timeout=20)
    assert words.decode().rstrip().endswith("KeyboardInterrupt")
    assert wait_until_ended([worker])


def test_a_terminal_s_ctrl_c_does_not_reach_the_workers(write_deck):
    with WorkerPool(1) as pool:
        list(pool.run([write_deck()]))
        (pid,) = pool.worker_pids
        assert os.getsid(pid) != os.getsid(0)


def test_settings_where_the_user_stands_change_no_result(write_deck, tmp_path, monkeypatch):
    deck = write_deck()
    expected = run_deck(deck)
    (tmp_path / ".spiceinit").write_text("set ngbehavior=hs\noption temp=90\n")
    monkeypatch.chdir(tmp_path)
    assert run_deck(deck).log == expected.log


def test_a_main_module_without_a_guard_is_not_run_again_in_the_worker(write_deck, tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "print('main')\nimport sys\nfrom pathlib import Path\n"
        "from hwsim.spice import Deck, run_deck\n"
        "print(len(run_deck(Deck(Path(sys.argv[1]))).plots))\n"
    )
    command = [sys.executable, str(script), str(write_deck().path)]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert finished.stdout.split() == ["main", "1"]
    assert finished.stderr == ""


def test_a_worker_imports_neither_torch_nor_click():
    code = "import hwsim.spice.worker, sys; print({'torch', 'click'} & set(sys.modules))"
    command = [sys.executable, "-W", "error", "-c", code]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert finished.stdout.strip() == "set()"


def test_the_command_line_s_process_does_not_import_pyspice():
    code = "import hwsim.spice, sys; print('PySpice' in sys.modules)"
    command = [sys.executable, "-c", code]
    finished = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)
    assert finished.stdout.strip() == "False"


def test_a_worker_has_one_thread_for_ngspice_and_says_why_it_died(write_deck, monkeypatch):
    monkeypatch.setenv("OMP_THREAD_LIMIT", "8")
    with WorkerPool(1) as pool:
        list(pool.run([write_deck()]))
        (pid,) = pool.worker_pids
        environment = Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
        assert b"OMP_THREAD_LIMIT=1" in environment
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", "libm.so.6")
    with pytest.raises(WorkerDied, match=r"exit 1: AttributeError: .*ngSpice_Init"):
        run_deck(write_deck())


def test_a_missing_library_is_bad_input_that_names_doctor(write_deck, monkeypatch):
    monkeypatch.delenv("NGSPICE_LIBRARY_PATH", raising=False)
    monkeypatch.setattr("ctypes.util.find_library", lambda _name: None)
    with pytest.raises(NgspiceMissing, match=r"not installed .*hwsim doctor") as raised:
        run_deck(write_deck())
    assert raised.value.exit_code == 2


def test_a_library_path_that_leads_nowhere_is_named(write_deck, monkeypatch, tmp_path):
    monkeypatch.setenv("NGSPICE_LIBRARY_PATH", str(tmp_path / "libngspice.so"))
    with pytest.raises(NgspiceMissing, match=r"libngspice\.so"):
        run_deck(write_deck())


def test_a_missing_program_is_bad_input_that_names_doctor(write_deck, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(NgspiceMissing, match="hwsim doctor"):
        run_batch(write_deck())


@pytest.mark.parametrize("workers", [0, -1])
def test_a_pool_has_at_least_one_worker(workers):
    with pytest.raises(InputError, match="worker"):
        WorkerPool(workers)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_out_is_a_positive_number(seconds):
    with pytest.raises(InputError, match="time-out"):
        WorkerPool(1, timeout_seconds=seconds)
