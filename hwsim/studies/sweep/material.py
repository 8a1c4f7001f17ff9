"""What all jobs of a sweep work on: the network, its circuits, labelled samples, references."""

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
from hwsim.studies.sweep.build import Build
from hwsim.studies.sweep.point import Point
from hwsim.studies.sweep.recompile import Circuit


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """What all jobs of a sweep work on.

    Attributes:
        networks: the network by build, at the operating point of its export.
        sequences: labelled samples.
        labels: class of each sample, [sample].
        references: what the ideal network does with them, states alone, by levels of its ladders.
        ideal_accuracy: fraction of the samples that the ideal network of the export decides as
            labelled.
    """

    networks: Mapping[Build, Circuit]
    sequences: Sequences
    labels: NDArray[np.int64]
    references: Mapping[int, Trace]
    ideal_accuracy: float

    @classmethod
    def gather(
        cls, networks: Mapping[Build, Circuit], own: Build, sequences: Sequences
    ) -> Material:
        """Everything that follows from a network and its samples.

        Args:
            networks: by build; all of one checkpoint.
            own: the build of the export.
            sequences: labelled samples.

        Raises:
            InputError: samples without labels or of other channels.
        """
        if sequences.labels is None:
            raise InputError("the data has no labels, so there is no accuracy")
        # Software knows no bits and no templates, but where its ladders end.
        software = {build.levels_half: each.design for build, each in networks.items()}
        traces = {half: IdealEngine().run(each, sequences) for half, each in software.items()}
        half = own.levels_half
        return cls(
            networks=networks,
            sequences=sequences,
            labels=sequences.labels,
            references={half: _states_alone(trace) for half, trace in traces.items()},
            ideal_accuracy=accuracy(software[half], traces[half], sequences).value,
        )

    def design(self, point: Point) -> Design:
        """The network of a point."""
        return point.design(self.networks[point.build].design)

    def circuits(self, point: Point) -> CircuitSet:
        """Templates and technology of a point."""
        return self.networks[point.build].circuits

    def reference(self, point: Point) -> Trace:
        """The states of the ideal network of a point."""
        return self.references[point.levels_half]

    def hashes(self) -> dict[str, str]:
        """What decides a result on any engine, beside the job: hashes of designs and data."""
        designs = [design_json(each.design).encode() for _, each in sorted(self.networks.items())]
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
