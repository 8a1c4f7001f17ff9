"""What is wrong with a template, told before anything is simulated."""

from __future__ import annotations

from hwsim.circuits.lint_circuit import circuit_findings
from hwsim.circuits.lint_description import description_findings
from hwsim.circuits.lint_finding import Finding
from hwsim.circuits.lint_reader import read_text
from hwsim.circuits.roles import CONTRACTS
from hwsim.circuits.template import Template
from hwsim.foundation.errors import InputError


def lint_template(template: Template) -> tuple[Finding, ...]:
    """Read a template without simulating it.

    The text is expanded as for a ladder of seven levels where the kind is a ladder.

    Returns:
        What is wrong, in the order of the lines; empty for a sound template.
    """
    try:
        expansion = template.expand(**CONTRACTS[template.kind].variables)
    except InputError as error:
        return (_finding(error),)
    text = read_text(expansion)
    findings = [
        *description_findings(template, expansion, text),
        *circuit_findings(template, expansion, text),
    ]
    return tuple(dict.fromkeys(findings))


def require_sound(template: Template) -> None:
    """Refuse a template that the lint finds something wrong with.

    Raises:
        InputError: the first finding, and how many more there are.
    """
    findings = lint_template(template)
    if findings:
        first, rest = findings[0], len(findings) - 1
        more = f"; {rest} more: `hwsim template check {template.name}`" if rest else ""
        raise InputError(first.what, where=first.place, hint=first.hint + more)


def _finding(error: InputError) -> Finding:
    return Finding(error.where or "", error.what, error.hint or "correct the file")
