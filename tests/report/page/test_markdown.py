"""The report as Markdown: the same figures, and names that stay text."""

import re

from hwsim.report.page.markdown import markdown
from hwsim.report.page.page import report_page


def test_it_has_the_sections_and_the_verdict_of_the_page(dossier, page_markdown):
    page = report_page(dossier)
    for section in page.sections:
        assert f"\n## {section.title}\n" in page_markdown
    assert f"**{page.headline}**" in page_markdown
    for key in page.keys:
        assert key.value in page_markdown


def test_names_are_neither_markup_nor_headings(page_markdown):
    assert page_markdown.count("\n# ") == 0
    assert page_markdown.startswith("# &lt;/title&gt;&lt;script&gt;alert")
    outside = re.sub(r"`+[^`]*`+", "", page_markdown)
    assert "<" not in outside
    assert "\x07" not in page_markdown


def test_rows_have_as_many_cells_as_their_table(page_markdown):
    tables = re.findall(r"(?:^\|.*\|\n)+", page_markdown, re.MULTILINE)
    assert len(tables) > 6
    for table in tables:
        cells = {len(re.findall(r"(?<!\\)\|", line)) for line in table.splitlines()}
        assert len(cells) == 1


def test_a_page_of_the_software_alone_can_be_written(bare):
    assert "nothing of the chip has been run" in markdown(report_page(bare))
