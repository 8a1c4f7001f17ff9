"""What the units of work of a study leave in its folder."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

Fraction = Annotated[float, Field(ge=0, le=1)]

EARLY = 0.9
"""Part of the final validation accuracy by which a training counts as arrived."""

_ROUNDING = 1e-9


class _Outcome(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TrainingOutcome(_Outcome):
    """One training, in the state that the validation set chose.

    Attributes:
        validation: accuracy of that state on the validation set.
        negative_loss: there.
        test: its accuracy on the test set; None in tuning, where nobody looks.
        course: steps at which a better state was found, with its validation accuracy.
        diverged: whether the loss ran away; the state is the best until then.
        network: SHA-256 of the file of the network; None where none was kept.
    """

    kind: Literal["training"] = "training"
    validation: Fraction
    negative_loss: float
    test: Fraction | None
    course: tuple[tuple[int, Fraction], ...]
    diverged: bool
    network: str | None

    @property
    def arrival(self) -> int | None:
        """The first step with `EARLY` of the final validation accuracy; None for no good state."""
        least = EARLY * self.validation - _ROUNDING
        found = (step for step, accuracy in self.course if accuracy >= least)
        return next(found, None) if self.validation > 0 else None


class GradientsOutcome(_Outcome):
    """Norms of gradients by the distance from the end (`hwsim.training.gradient_flow`).

    Attributes:
        start: of the network that the training began with.
        trained: of the state that was kept; empty where none was.
    """

    kind: Literal["gradients"] = "gradients"
    start: tuple[Annotated[float, Field(ge=0)], ...]
    trained: tuple[Annotated[float, Field(ge=0)], ...]


class ChipsOutcome(_Outcome):
    """Chips of one trained network, all on the same sequences of the test set.

    Attributes:
        software: accuracy of the float network; None where no circuit could be made.
        nominal: of the compiled chip without mismatch; likewise.
        chips: of each drawn chip; empty where no circuit could be made.
        refusal: why none could, else empty.
    """

    kind: Literal["chips"] = "chips"
    software: Fraction | None
    nominal: Fraction | None
    chips: tuple[Fraction, ...]
    refusal: str = ""


Outcome = Annotated[TrainingOutcome | GradientsOutcome | ChipsOutcome, Field(discriminator="kind")]
