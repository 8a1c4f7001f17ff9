"""From an export and a user's wishes to a sweep that can be run; everything is checked here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hwsim.circuits.export import Export, check_before_export
from hwsim.studies.samples import evenly_spaced, judging_sequences
from hwsim.studies.sweep.build import own_build
from hwsim.studies.sweep.job import Sweep
from hwsim.studies.sweep.material import Material
from hwsim.studies.sweep.point import nominal_point
from hwsim.studies.sweep.points import points_of
from hwsim.studies.sweep.recompile import circuits_by_build
from hwsim.studies.sweep.variation import Variation


@dataclass(frozen=True, slots=True)
class Request:
    """What a user wants to know.

    Attributes:
        variations: what differs between points.
        sobol: points of a Sobol sequence over the spans among them, or None.
        chips: of each point.
        samples: that each chip decides, spread evenly over the data; None for all.
        seed: of the production that the chips belong to.
        data: a task or a ``.npz``; None for the task the network was trained on.
        checkpoint: that the export was made of, for other bits and levels; None looks among those
            shipped.
    """

    variations: Sequence[Variation] = ()
    sobol: int | None = None
    chips: int = 100
    samples: int | None = None
    seed: int = 1
    data: str | None = None
    checkpoint: Path | None = None


def prepare(export: Export, request: Request, *, noise: float) -> tuple[Sweep, Material]:
    """Everything that a sweep needs, checked before anything is written.

    Args:
        export: the network.
        request: what to find out about it.
        noise: of steps unless it is varied, as a multiple of the datasheet's.

    Raises:
        InputError: data, values or a checkpoint that cannot be used.
    """
    nominal = nominal_point(export.design, noise=noise)
    points = points_of(request.variations, nominal, request.sobol)
    for point in points:
        point.check(export.circuits.technology)
    sequences = judging_sequences(export.design, request.data)
    samples = len(sequences) if request.samples is None else request.samples
    sweep = Sweep(
        points=points,
        varied=tuple(each.parameter.name for each in request.variations),
        chips=request.chips,
        seed=request.seed,
        samples=samples,
    )
    chosen = sequences.take(list(evenly_spaced(sequences, samples)))
    networks = circuits_by_build(export, {point.build for point in points}, request.checkpoint)
    material = Material.gather(networks, own_build(export.design), chosen)
    _check_designs(sweep, material)
    return sweep, material


def _check_designs(sweep: Sweep, material: Material) -> None:
    """Refuse operating points at which no chip works.

    Raises:
        InputError: with the design rule that is broken.
    """
    operating = {
        (point.build, point.vdd, point.unit_current, point.step): point for point in sweep.points
    }
    for point in operating.values():
        check_before_export(material.design(point), material.circuits(point))
