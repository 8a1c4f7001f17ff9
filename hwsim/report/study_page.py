"""The page of the study: tables and pictures between comments, everything else left alone."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from matplotlib.figure import Figure

from hwsim.foundation.errors import InputError
from hwsim.foundation.files import write_bytes, write_text
from hwsim.report.study_figures import (
    convergence_figure,
    gradients_figure,
    sensitivity_figure,
)
from hwsim.report.study_tables import (
    absent_list,
    budget_words,
    claims_table,
    convergence_tables,
    gradients_table,
    remains_table,
    sensitivity_tables,
    summary_table,
    tasks_table,
)
from hwsim.report.svg import svg_bytes
from hwsim.studies.paper.study import Study

_SECTIONS: Mapping[str, tuple[str, Callable[[Study], str]]] = {
    "claims": ("What is claimed, and what was found", claims_table),
    "tasks": ("How cells are trained", tasks_table),
    "budget": ("The same budget", budget_words),
    "summary": ("Accuracy at the largest width", summary_table),
    "convergence": ("Convergence", convergence_tables),
    "sensitivity": ("Other starts", sensitivity_tables),
    "gradients": ("Gradients through time", gradients_table),
    "remains": ("What remains as chips", remains_table),
    "absent": ("Not run yet", absent_list),
}
"""Name in the page -> heading and what stands there."""

_PICTURES: Mapping[str, Callable[[Study], Figure | None]] = {
    "convergence": convergence_figure,
    "sensitivity": sensitivity_figure,
    "gradients": gradients_figure,
}
"""Section -> its picture, which stands above its tables."""

_PLACE = re.compile(
    r"(?P<head><!-- study: (?P<name>\w+) -->\n).*?(?P<tail>^<!-- end -->)", re.DOTALL | re.MULTILINE
)


def write_page(study: Study, page: Path) -> tuple[Path, ...]:
    """Write what a study found into a Markdown file, and its pictures beside it.

    Args:
        study: with its folder.
        page: the file; made with every section where it is not there.

    Returns:
        The pictures.

    Raises:
        InputError: a page that cannot be read or written, names a section that does not exist,
            or has none.
    """
    text = _read(page) if page.exists() else _fresh()
    names = [found["name"] for found in _PLACE.finditer(text)]
    _require_sections(names, page)
    figures = {name: _PICTURES[name](study) for name in names if name in _PICTURES}
    drawn = {name: figure for name, figure in figures.items() if figure is not None}
    pictures = {name: page.with_name(f"{page.stem}_{name}.svg") for name in drawn}

    def section(found: re.Match[str]) -> str:
        name = found["name"]
        heading, table = _SECTIONS[name]
        body = table(study)
        if name in pictures:
            body = f"![{heading}]({pictures[name].name})\n\n{body}"
        return f"{found['head']}\n{body}\n\n{found['tail']}"

    made = _PLACE.sub(section, text)
    for name, figure in drawn.items():
        write_bytes(pictures[name], svg_bytes(figure))
    write_text(page, made)
    return tuple(pictures.values())


def _read(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise InputError("cannot be read as UTF-8 text", where=str(page)) from None


def _fresh() -> str:
    sections = (
        f"## {heading}\n\n<!-- study: {name} -->\n<!-- end -->\n"
        for name, (heading, _) in _SECTIONS.items()
    )
    return "# The study of the cells\n\n" + "\n".join(sections)


def _require_sections(names: list[str], page: Path) -> None:
    known = ", ".join(_SECTIONS)
    if not names:
        raise InputError(
            "has no place for the study",
            where=str(page),
            hint=f"a line '<!-- study: NAME -->' and one '<!-- end -->'; NAME is one of {known}",
        )
    for name in names:
        if name not in _SECTIONS:
            raise InputError(f"there is no section '{name}'", where=str(page), hint=known)
