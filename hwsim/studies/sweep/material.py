"""What all jobs of a sweep work on: the network, its circuits, labelled samples, a reference."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from hwsim.circuits.circuit_set import CircuitSet
from hwsim.data.sequences import Sequences
from hwsim.design.design import Design
from hwsim.design.store import design_json
from hwsim.engines.ideal import IdealEngine
from hwsim.engines.trace import StageTrace, Trace
from hwsim.foundation.errors import InputError
from hwsim.foundation.files import content_hash
from hwsim.studies.accuracy import accuracy
from hwsim.studies.sweep.point import Point


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What all jobs of a sweep work on.

    Attributes:
        designs: the network by bits, at the operating point of its export.
        circuits: its templates and technology.
        sequences: labelled samples.
        labels: class of each sample, [sample].
        reference: what the ideal network does with them, states alone.
        ideal_accuracy: fraction of the samples that the ideal network decides as labelled.
    """

    designs: Mapping[int, Design]
    circuits: CircuitSet
    sequences: Sequences
    labels: NDArray[np.int64]
    reference: Trace
    ideal_accuracy: float

    @classmethod
    def gather(
        cls, designs: Mapping[int, Design], circuits: CircuitSet, sequences: Sequences
    ) -> Material:
        """Everything that follows from a network and its samples.

        Raises:
            InputError: samples without labels or of other channels.
        """
        if sequences.labels is None:
            raise InputError("the data has no labels, so there is no accuracy")
        design = next(iter(designs.values()))
        ideal = IdealEngine().run(design, sequences)
        return cls(
            designs=designs,
            circuits=circuits,
            sequences=sequences,
            labels=sequences.labels,
            reference=_states_alone(ideal),
            ideal_accuracy=accuracy(design, ideal, sequences).value,
        )

    def design(self, point: Point) -> Design:
        """The network of a point."""
        return point.design(self.designs[point.bits])

    def hashes(self) -> dict[str, str]:
        """What decides a result on any engine, beside the job: hashes of design and data."""
        designs = [design_json(design).encode() for _, design in sorted(self.designs.items())]
        parts = self.sequences.values, self.sequences.lengths, self.labels
        return {
            "design": content_hash(*designs),
            "data": content_hash(
                repr(self.sequences.values.shape).encode(),
                *(np.ascontiguousarray(part).tobytes() for part in parts),
            ),
        }


def _states_alone(trace: Trace) -> Trace:
    """A trace without its currents, which are large and would go along with every job."""
    return replace(
        trace,
        stages={
            name: StageTrace(stage.current[..., :0].copy(), stage.state)
            for name, stage in trace.stages.items()
            if stage.state is not None
        },
    )
