"""What the figures of a report follow from: versions and content hashes."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hwsim import __version__
from hwsim.circuits.datasheet import Datasheet
from hwsim.circuits.export import Export
from hwsim.data.sequences import Sequences
from hwsim.design.store import design_json
from hwsim.foundation.files import content_hash
from hwsim.spice import program_version


@dataclass(frozen=True, slots=True)
class Provenance:
    """Versions and SHA-256 hashes.

    Attributes:
        versions: by program; ngspice is missing where it is not installed.
        compiled_by: version of hwsim that made the export.
        design: of the hardware description.
        checkpoint: of the trained network.
        data: of the recordings and their labels.
        datasheets: by template.
    """

    versions: Mapping[str, str]
    compiled_by: str
    design: str
    checkpoint: str
    data: str
    datasheets: Mapping[str, str]

    @classmethod
    def of(
        cls, export: Export, sequences: Sequences, datasheets: Mapping[str, Datasheet | None]
    ) -> Provenance:
        """Of an export on some data.

        Args:
            export: the network.
            sequences: labelled data.
            datasheets: by kind of template.
        """
        versions = {
            "hwsim": __version__,
            "ngspice": program_version(),
            "numpy": np.__version__,
            "python": platform.python_version(),
        }
        parts = [sequences.values, sequences.lengths]
        parts += [] if sequences.labels is None else [sequences.labels]
        return cls(
            versions={name: each for name, each in versions.items() if each is not None},
            compiled_by=export.design.provenance.hwsim,
            design=content_hash(design_json(export.design).encode()),
            checkpoint=export.design.provenance.checkpoint,
            data=content_hash(
                repr(sequences.values.shape).encode(),
                *(np.ascontiguousarray(part).tobytes() for part in parts),
            ),
            datasheets={
                sheet.template: sheet.provenance.content
                for sheet in datasheets.values()
                if sheet is not None
            },
        )

    def record(self) -> dict[str, object]:
        """For JSON."""
        return {
            "versions": dict(self.versions),
            "compiled_by_hwsim": self.compiled_by,
            "design_sha256": self.design,
            "checkpoint_sha256": self.checkpoint,
            "data_sha256": self.data,
            "datasheets_sha256": dict(self.datasheets),
        }
