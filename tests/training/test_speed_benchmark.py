"""The benchmark of training compares like with like."""

import json
import sys
from pathlib import Path

import pytest
import torch
from click.testing import CliRunner

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SMALL = ["--units", "2", "--batch", "2", "--length", "3", "--rounds", "1"]


@pytest.fixture
def benchmark(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    monkeypatch.delitem(sys.modules, "training", raising=False)
    import training

    return training


@pytest.mark.parametrize("loop", ["whole cell", "recurrence"])
def test_loops_are_the_cell(benchmark, loop):
    torch.manual_seed(0)
    looped = benchmark.LOOPS[loop](3, alpha=0.25, beta=0.5, half_range=7)
    inputs = 3 * torch.rand(2, 40, 3)
    found = looped(inputs)
    assert found.unique().numel() > 5
    assert torch.equal(found, benchmark.SaturatingCmru.forward(looped, inputs))


def test_it_tells_every_ratio(benchmark):
    threads = torch.get_num_threads()
    result = CliRunner().invoke(benchmark.main, [*SMALL, "--json"])
    torch.set_num_threads(threads)
    assert result.exit_code == 0, result.output
    found = json.loads(result.output)
    assert [one["batch"] for one in found["loops"]] == [1, 2, 8]
    assert found["cells"][1]["units"]["mingru"] == 2
    assert set(found["cells"][0]["over_mingru"]) == set(benchmark.KINDS)
    assert "of mingru" in benchmark.told(found)


@pytest.mark.skipif(torch.cuda.is_available(), reason="there is a device")
def test_a_missing_device_is_told(benchmark):
    result = CliRunner().invoke(benchmark.main, ["--device", "cuda"])
    assert result.exit_code == 2
    assert "no CUDA device" in result.output
