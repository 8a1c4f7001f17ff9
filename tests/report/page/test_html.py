"""The page as a parser sees it: sound, self-contained, escaped, readable without pictures."""

import re
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from hwsim.report.figure_style import PALETTE
from hwsim.report.page.html import html
from hwsim.report.page.page import report_page
from hwsim.report.page.vector import DARK
from hwsim.studies.power_check import PowerCase, PowerCheck

VOID = {"meta", "link", "img", "br", "hr", "input", "col", "wbr"}


class Element:
    def __init__(self, tag, attributes, parent):
        self.tag, self.attributes, self.parent = tag, attributes, parent
        self.content = []  # text and elements, in their order

    @property
    def children(self):
        return [each for each in self.content if isinstance(each, Element)]

    def all(self, *tags):
        for child in self.children:
            if child.tag in tags:
                yield child
            yield from child.all(*tags)

    @property
    def raw_text(self):
        return "".join(
            each.raw_text if isinstance(each, Element) else each for each in self.content
        )

    @property
    def text(self):
        return " ".join(self.raw_text.split())


class Tree(HTMLParser):
    """Elements of a page; complains about tags that are closed in another order than opened."""

    def __init__(self, text):
        super().__init__()
        self.root = self.here = Element("", {}, None)
        self.feed(text)
        self.close()
        assert self.here is self.root

    def handle_starttag(self, tag, attrs):
        element = Element(tag, dict(attrs), self.here)
        self.here.content.append(element)
        if tag not in VOID:
            self.here = element

    def handle_startendtag(self, tag, attrs):
        self.here.content.append(Element(tag, dict(attrs), self.here))

    def handle_endtag(self, tag):
        assert tag == self.here.tag
        self.here = self.here.parent

    def handle_data(self, data):
        self.here.content.append(data)


@pytest.fixture(scope="module")
def tree(page_html):
    return Tree(page_html).root


def one(tree, tag):
    (found,) = tree.all(tag)
    return found


def test_names_of_users_are_text_and_nothing_else(tree, page_html, hostile):
    assert list(tree.all("script", "img", "b onclick", "i", "iframe", "object")) == []
    assert not any(name.startswith("on") for each in all_of(tree) for name in each.attributes)
    assert one(tree, "h1").text == hostile.design
    assert one(one(tree, "head"), "title").text == f"{hostile.design}: report"
    subtitle = next(each for each in tree.all("p") if each.attributes.get("class") == "subtitle")
    assert hostile.task in subtitle.text
    assert "\x07" not in page_html


def all_of(tree):
    for child in tree.children:
        yield child
        yield from all_of(child)


def test_nothing_comes_from_elsewhere(tree, page_html):
    addresses = set(re.findall(r"[a-z]+://[^\s\"'<)]*", page_html))
    assert addresses == {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    for each in all_of(tree):
        for name in ("src", "srcset", "href", "xlink:href", "action", "data"):
            target = each.attributes.get(name)
            assert target is None or target.startswith(("#", "data:")), (each.tag, target)
    assert "@import" not in page_html
    assert re.findall(r"url\((?!#)", page_html) == []


def test_a_browser_is_told_to_fetch_and_to_run_nothing(tree):
    policies = [
        each.attributes["content"]
        for each in tree.all("meta")
        if each.attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert len(policies) == 1
    assert "default-src 'none'" in policies[0]
    assert "script" not in policies[0]


def test_the_page_is_small(page_html):
    assert len(page_html.encode()) < 5 * 2**20


def test_headings_form_an_outline(tree):
    levels = [int(each.tag[1]) for each in tree.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert one(tree, "html").attributes["lang"] == "en"


def test_identifiers_are_there_once_and_links_lead_to_them(tree):
    found = Counter(each.attributes["id"] for each in all_of(tree) if "id" in each.attributes)
    assert {name for name, count in found.items() if count > 1} == set()
    links = [each.attributes["href"] for each in tree.all("a")]
    assert len(links) > 6
    for name in ("aria-labelledby", "aria-describedby"):
        links += [f"#{each.attributes[name]}" for each in all_of(tree) if name in each.attributes]
    inner = {
        f"#{found}"
        for text in attribute_values(tree)
        for found in re.findall(r"url\(#([^)]+)\)", text)
    }
    assert {link for link in [*links, *inner] if link.startswith("#")} <= {f"#{n}" for n in found}


def attribute_values(tree):
    for each in all_of(tree):
        yield from (value for value in each.attributes.values() if value)


def test_every_section_is_in_the_contents(tree):
    contents = [each.attributes["href"] for each in one(tree, "nav").all("a")]
    sections = [f"#{each.attributes['id']}" for each in tree.all("section")]
    assert contents == sections


def test_every_picture_says_what_it_shows(tree):
    pictures = list(tree.all("svg"))
    figures = list(tree.all("figure"))
    assert len(pictures) == 2 * len(figures) == 14
    for figure in figures:
        assert one(figure, "figcaption").text
    for picture in pictures:
        assert picture.attributes["role"] == "img"
        title, description = picture.children[:2]
        assert (title.tag, description.tag) == ("title", "desc")
        assert title.attributes["id"] == picture.attributes["aria-labelledby"]
        assert description.attributes["id"] == picture.attributes["aria-describedby"]
        assert len(description.text) > 80
        assert re.search(r"\d", description.text)


def test_axes_are_labelled_with_their_units(tree):
    for picture in tree.all("svg"):
        words = " ".join(each.text for each in picture.all("text"))
        if not picture.attributes["id"].startswith("agreement"):
            assert re.search(r"\((ms|.A|.W|.J)\)|accuracy", words), picture.attributes["id"]


def test_text_in_pictures_is_text_in_the_font_of_the_page(tree):
    texts = [each for picture in tree.all("svg") for each in picture.all("text")]
    assert len(texts) > 200
    assert all("font-family" not in each.attributes["style"] for each in texts)


def test_every_colour_of_a_picture_follows_the_page(tree, page_html):
    drawn = {
        colour
        for picture in tree.all("svg")
        for each in all_of(picture)
        for colour in re.findall(
            r"(?<!, )#[0-9a-f]{6}",
            " ".join(
                filter(
                    None,
                    [
                        each.attributes.get("style"),
                        each.attributes.get("fill"),
                        each.attributes.get("stroke"),
                    ],
                )
            ),
        )
    }
    assert drawn == set()
    assert set(DARK) == set(PALETTE)
    assert "prefers-color-scheme: dark" in page_html
    assert "@media print" in page_html


def luminance(colour):
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("colours", [PALETTE, DARK])
def test_words_stand_out_from_their_ground(colours):
    """WCAG 2.2, 1.4.3: 4.5 for text."""
    paper = luminance(colours["paper"])
    for name in ("ink", "muted"):
        words = luminance(colours[name])
        contrast = (max(words, paper) + 0.05) / (min(words, paper) + 0.05)
        assert contrast > 4.5, name


def test_tables_name_their_rows_and_columns(tree):
    tables = list(tree.all("table"))
    assert len(tables) > 6
    for table in tables:
        assert one(table, "caption").text
        columns = [each for head in table.all("thead") for each in head.all("th")]
        assert {each.attributes["scope"] for each in columns} == {"col"}
        for row in one(table, "tbody").all("tr"):
            assert len(row.children) == len(columns)
            assert row.children[0].attributes["scope"] == "row"


def test_the_verdict_has_the_figures_that_one_asks_for(tree, dossier):
    labels = [each.text for each in tree.all("dt")]
    for word in (
        "ideal",
        "behavioural",
        "ngspice",
        "States",
        "Yield",
        "power",
        "Energy",
        "Trans",
        "area",
    ):
        assert any(word in label for label in labels), word
    values = [each.text for each in tree.all("dd") if each.attributes["class"] == "value"]
    assert str(dossier.census.chip_transistors) in values
    accuracy = dossier.engines.runs["ideal"].accuracy.value
    assert f"{100 * accuracy:.1f} %" in values


def test_what_was_not_run_stands_with_its_command(reported):
    dossier = reported(finished=False)
    text = Tree(html(report_page(dossier))).root.text
    for absent in dossier.absent:
        assert absent.what in text
        assert absent.command in text
    assert "'" in dossier.absent[0].command  # the folder has a blank in its name


def test_a_page_of_the_software_alone_can_be_written(bare):
    tree = Tree(html(report_page(bare))).root
    assert "nothing of the chip has been run" in tree.text
    assert sum(each.text == "not run" for each in tree.all("dd")) == 2


def test_a_check_of_power_is_told(dossier):
    cases = tuple(
        PowerCase(
            sample=0,
            corner=corner,
            temperature=27.0,
            steps=4,
            model={"reference": 1.0e-9, "cells_1": model},
            ngspice={"reference": 1.0e-9, "cells_1": 1.0e-9},
        )
        for corner, model in (("tt", 1.02e-9), ("ff", 1.06e-9))
    )
    checked = replace(dossier, power_check=PowerCheck(cases=cases))
    text = Tree(html(report_page(checked))).root.text
    assert "by 2.0 % on average and by 3.0 % at most" in text
    assert "of a part of the chip by 4.0 % on average. That is within the limits" in text
    assert "ff, 27 °C" in text


def test_a_broken_ladder_is_the_verdict(dossier):
    runs = dict(dossier.engines.runs)
    trace = replace(runs["ngspice"].trace, violations=("cells_1[0]: 2 levels in step 3",))
    runs["ngspice"] = replace(runs["ngspice"], trace=trace)
    broken = replace(dossier, engines=replace(dossier.engines, runs=runs))
    text = Tree(html(report_page(broken))).root.text
    assert "The circuit is broken" in text
    assert "cells_1[0]: 2 levels in step 3" in text


def test_the_same_dossier_makes_the_same_bytes(dossier, page_html):
    assert html(report_page(dossier)) == page_html
