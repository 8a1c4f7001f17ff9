import numpy as np
import pytest
from pydantic import ValidationError

from hwsim.checkpoints.header import CheckpointHeader, Normalisation


def test_json_round_trip(header_fields):
    header = CheckpointHeader.model_validate(header_fields())
    assert CheckpointHeader.model_validate_json(header.model_dump_json()) == header


def test_normalisation_centres_scales_then_clips():
    normalisation = Normalisation(mean=(1.0, 0.0), scale=(2.0, 0.5), clip=3.0)
    inputs = normalisation.apply(np.array([[2.0, 1.0], [-99.0, 9.0]]))
    assert inputs.tolist() == [[0.5, 2.0], [-3.0, 3.0]]
    unlimited = Normalisation(mean=(0.0,), scale=(1.0,))
    assert unlimited.apply(np.array([[50.0]])).tolist() == [[50.0]]


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"surprise": 1}, "Extra inputs"),
        ({"units": 0}, "units"),
        ({"units": "4"}, "units"),
        ({"units": 10**9}, "units"),
        ({"blocks": 10**9}, "blocks"),
        ({"classes": ("only",)}, "classes"),
        ({"readout": "max"}, "readout"),
        ({"cell": {"kind": "lstm"}}, "kind"),
        ({"cell": {"kind": "saturating_cmru"}}, "needs levels_half"),
        ({"cell": {"kind": "cmru", "levels_half": 3}}, "has no levels_half"),
        ({"cell": {"kind": "saturating_cmru", "levels_half": 0}}, "levels_half"),
        ({"normalisation": {"mean": (0.0,), "scale": (1.0, 2.0, 4.0)}}, "mean has 1 values, not 3"),
        ({"normalisation": {"mean": (0.0,) * 3, "scale": (1.0, 0.0, 1.0)}}, "scale"),
        ({"normalisation": {"mean": (np.nan,) * 3, "scale": (1.0,) * 3}}, "mean"),
        ({"metrics": {"train": 1.0, "validation": 1.0, "test": 94.0}}, "test"),
    ],
)
def test_fields_are_checked(header_fields, changes, complaint):
    with pytest.raises(ValidationError, match=complaint):
        CheckpointHeader.model_validate(header_fields(**changes))
