"""Circuits of the small designs, and waveforms written by hand."""

from types import SimpleNamespace

import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.testbench import saved_vectors


@pytest.fixture(scope="session")
def circuits(design):
    return load_circuits(design)


@pytest.fixture(scope="session")
def staircase():
    """Vectors of a run in which every current is constant within a step.

    Each vector gets its own values, [step]; those of latches are 0 V unless they are given.
    """

    def make(design, templates, steps, given=None, points=200):
        step = design.operating.step
        time = np.linspace(0, steps * step, steps * points + 1)
        index = np.minimum((time / step + 1e-9).astype(int), steps - 1)
        values = {}
        for number, name in enumerate(saved_vectors(design, templates)):
            start = 0.0 if name.startswith("v(") else (number + 1) * 1e-11
            values[name] = start + (0 if name.startswith("v(") else 1e-9) * np.arange(steps)
        values |= {name: np.asarray(value) for name, value in (given or {}).items()}
        vectors = {name: value[index] for name, value in values.items()}
        return SimpleNamespace(vectors={"time": time, **vectors}, values=values)

    return make
