"""Checks of the power model: what runs where, errors by hand, and what is kept."""

from dataclasses import replace

import numpy as np
import pytest

from hwsim.circuits.circuit_set import load_circuits
from hwsim.circuits.export import load_export, write_export
from hwsim.circuits.testbench import Conditions
from hwsim.foundation.errors import InputError
from hwsim.studies import power_check_store
from hwsim.studies.power_check import OTHERS, Plan, PowerCase, PowerCheck
from hwsim.studies.power_check_store import FILE, read_check, write_check

NOMINAL = Conditions()
HOT = Conditions("ff", 85.0)


def case(sample, where, model, ngspice, steps=4):
    return PowerCase(
        sample=sample,
        corner=where.corner,
        temperature=where.temperature,
        steps=steps,
        model=dict(zip(("reference", "cells"), model, strict=True)),
        ngspice=dict(zip(("reference", "cells"), ngspice, strict=True)),
    )


CHECK = PowerCheck(
    cases=(
        case(0, NOMINAL, (1.0, 1.1), (1.0, 1.0)),  # +5 % of all, +10 % of the cells
        case(0, HOT, (1.0, 0.84), (1.0, 1.0)),  # -8 %, -16 %
        case(7, NOMINAL, (1.0, 3.0), (1.0, 3.0)),
    )
)


def test_every_recording_runs_at_nominal_and_at_one_of_the_others():
    plan = Plan.of(16, full=False)
    assert len(OTHERS) == 8
    assert plan.runs[0] == (NOMINAL, tuple(range(16)))
    assert {where for where, _ in plan.runs[1:]} == set(OTHERS)
    assert [chosen for _, chosen in plan.runs[1:]] == [(i, i + 8) for i in range(8)]


def test_few_recordings_leave_conditions_out():
    plan = Plan.of(2, full=False)
    assert plan.runs == ((NOMINAL, (0, 1)), (OTHERS[0], (0,)), (OTHERS[1], (1,)))


def test_a_full_check_is_the_whole_product():
    plan = Plan.of(3, full=True)
    assert len(plan.runs) == 9
    assert all(chosen == (0, 1, 2) for _, chosen in plan.runs)


def test_errors_are_means_of_absolute_values():
    assert CHECK.mean == pytest.approx((5 + 8 + 0) / 3)
    assert CHECK.max == pytest.approx(8)
    assert CHECK.by_stage == pytest.approx({"reference": 0, "cells": (10 + 16 + 0) / 3})
    assert CHECK.passed
    assert CHECK.near(HOT).by_stage["cells"] == pytest.approx(16)
    assert CHECK.near(Conditions("ss", 0.0)) == CHECK
    record = CHECK.record()
    assert (record["samples"], record["cases"]) == (2, 3)
    assert [each["cases"] for each in record["conditions"]] == [2, 1]


@pytest.mark.parametrize("model", [(1.0, 1.2), (1.22, 0.8)])
def test_a_mean_or_a_stage_beyond_its_limit_fails(model):
    found = PowerCheck(cases=(case(0, NOMINAL, model, (1.0, 1.0)),))
    assert not found.passed


@pytest.fixture
def exported(network, compiled, tmp_path):
    design = compiled(network())
    write_export(tmp_path / "export", design, load_circuits(design), np.zeros((1, 2)))
    export = load_export(tmp_path / "export")
    export.results.mkdir(exist_ok=True)
    return export


def test_a_check_is_kept_and_read_back(exported):
    assert read_check(exported).check is None
    assert "not checked" in read_check(exported).reason
    write_check(exported, CHECK)
    assert read_check(exported).check == CHECK


def test_a_check_of_another_design_does_not_count(exported):
    write_check(exported, CHECK)
    other = exported.design.model_copy(update={"name": "other"})
    found = read_check(replace(exported, design=other))
    assert found.check is None
    assert "another design" in found.reason


def test_a_check_with_other_datasheets_does_not_count(exported, monkeypatch):
    write_check(exported, CHECK)
    monkeypatch.setattr(power_check_store, "_datasheet_hashes", lambda _: {"mirror": "other"})
    found = read_check(exported)
    assert found.check is None
    assert "measured again" in found.reason


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"format": "hwsim-power-check"}', "\xff"])
def test_a_file_that_is_no_check_is_told(exported, text):
    (exported.results / FILE).write_text(text)
    with pytest.raises(InputError, match="is no check of power") as told:
        read_check(exported)
    assert str(exported.results / FILE) in str(told.value)
