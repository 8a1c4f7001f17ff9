"""Parts of pages that scripts write, between two comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence


def with_block(page: str, begin: str, end: str, text: str) -> str:
    """A page with `text` between two markers.

    Raises:
        ValueError: the markers are not there, once each and in order.
    """
    if page.count(begin) != 1 or page.count(end) != 1:
        raise ValueError(f"needs one line '{begin}' and one line '{end}'")
    before, _, rest = page.partition(begin)
    _, found, after = rest.partition(end)
    if not found:
        raise ValueError(f"'{end}' stands before '{begin}'")
    return f"{before}{begin}\n{text}\n{end}{after}"


def table(head: Sequence[object], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table."""
    lines = [_row(head), f"|{'---|' * len(head)}", *(_row(row) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[object]) -> str:
    return re.sub(r" +", " ", f"| {' | '.join(str(cell) for cell in cells)} |")
