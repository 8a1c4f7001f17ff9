import numpy as np
import pytest

from hwsim.engines.trip_points import TripPoints, trip_points


@pytest.fixture(params=["saturating_cmru", "fq_bmru"])
def cells(request, network, compiled):
    """A stage of cells with its design."""
    design = compiled(network(request.param, units=3))
    return design, design.cells[0]


def test_a_distance_is_relative_to_the_nearer_trip_point():
    trips = TripPoints(upper=np.array([0.5, 1.0]), lower=np.array([-0.5, 0.4]))
    candidates = np.array([[0.55, 0.9], [-0.4, 0.5], [0.5, 1.5]])
    np.testing.assert_allclose(trips.distance(candidates), [[0.1, 0.1], [0.2, 0.25], [0.0, 0.5]])


def test_trip_points_are_what_the_design_asks_times_what_the_template_delivers(cells):
    design, stage = cells
    nominal = design.measured[stage.kind].figures
    trips = trip_points(design, stage)
    asked = np.array(stage.cell.threshold_units) / design.reference_units
    if stage.kind == "cmru":
        np.testing.assert_allclose(trips.upper, asked * nominal["trip_up"])
        np.testing.assert_allclose(trips.lower, -asked * nominal["trip_down"])
    else:
        low = asked - np.array(stage.cell.width_units) / design.reference_units
        np.testing.assert_allclose(trips.upper, asked * nominal["threshold_high"])
        np.testing.assert_allclose(trips.lower, low * nominal["threshold_low"])


def test_a_stage_without_cells_has_no_trip_points(cells):
    design, _ = cells
    with pytest.raises(ValueError, match="stage hidden has no cells"):
        trip_points(design, design.stage("hidden"))
