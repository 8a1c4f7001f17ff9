"""The technology and the templates that a design is built from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hwsim.circuits.technology import Technology, load_technology
from hwsim.circuits.template import Template, TemplateKind, load_template
from hwsim.design.design import Design
from hwsim.foundation.errors import InputError

DEFAULT_TEMPLATES: Mapping[TemplateKind, str] = {
    "mirror": "mirror_cascode",
    "splitter": "splitter_class_b",
    "relu": "relu_diode",
    "cmru": "cmru_ladder",
    "fq_bmru": "fq_bmru_9t",
    "bias": "bias_reference",
    "clock": "clock_two_phase",
}
"""The template of each kind unless the user names another."""


@dataclass(frozen=True, slots=True)
class CircuitSet:
    """Technology and templates, loaded and checked.

    Attributes:
        technology: the node.
        templates: one template of each kind that the design needs.
    """

    technology: Technology
    templates: Mapping[str, Template]


def choose_templates(choices: Mapping[str, str]) -> dict[str, str]:
    """The default templates with the user's choices in their place.

    Raises:
        InputError: a kind that does not exist.
    """
    unknown = sorted(set(choices) - set(DEFAULT_TEMPLATES))
    if unknown:
        raise InputError(
            f"unknown kind of template '{unknown[0]}'",
            hint=f"kinds: {', '.join(DEFAULT_TEMPLATES)}",
        )
    defaults: dict[str, str] = {str(kind): name for kind, name in DEFAULT_TEMPLATES.items()}
    return defaults | dict(choices)


def load_circuits(design: Design, pdk_root: Path | None = None) -> CircuitSet:
    """Load what a design names.

    Args:
        design: names its technology and its templates.
        pdk_root: folder of the installed PDKs, for `load_technology`.

    Raises:
        InputError: an unknown technology or template, or a kind for which the design names none.
    """
    kinds: set[TemplateKind] = {"mirror", "splitter", "bias"}
    for stage in design.stages:
        if stage.kind in ("relu", "cmru", "fq_bmru"):
            kinds.add(stage.kind)
        if stage.kind == "fq_bmru":
            kinds.add("relu")
        if stage.kind == "cmru":
            kinds.add("clock")
    missing = sorted(kind for kind in kinds if kind not in design.templates)
    if missing:
        raise InputError(f"the design names no template for {', '.join(missing)}")
    return CircuitSet(
        technology=load_technology(design.technology, pdk_root),
        templates={kind: load_template(design.templates[kind], kind) for kind in sorted(kinds)},
    )
