"""The page in a real browser: nothing is complained about, nothing asked for, everything fits."""

import functools
import re
import shutil
import subprocess
from collections import Counter
from html import escape
from types import SimpleNamespace

import numpy as np
import pytest
from matplotlib import image

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDTHS = (1280, 400)

PROBE = """<!doctype html><body style="margin:0">
<iframe style="border:0" width="{width}" height="900" srcdoc="{page}"></iframe>
<script>
addEventListener("load", () => {{
  const frame = document.querySelector("iframe");
  const page = frame.contentDocument, root = page.documentElement;
  const all = (which) => [...page.querySelectorAll(which)];
  const ends = (each) => each.getBoundingClientRect().right;
  const sizes = all("figure svg text").map((each) => each.getBoundingClientRect().height);
  document.body.dataset.probe = JSON.stringify({{
    inner: frame.contentWindow.innerWidth,
    scroll: root.scrollWidth,
    height: root.scrollHeight,
    wide: all("body *").filter((each) =>
      ends(each) > root.clientWidth + 0.5 && !each.closest(".table, svg, .skip")).length,
    small: sizes.filter((size) => size > 0 && size < 7).length,
    shown: all("figure svg").filter((each) => each.checkVisibility()).length,
  }});
}});
</script>"""
"""What only the browser knows of the page, in a frame: its windows are not as narrow as 400."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    """Run Chromium on a file of ours; it can resolve no host."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"there is no Chromium on the PATH: {', '.join(BROWSERS)}")
    profile = tmp_path_factory.mktemp("profile")

    def run(*words):
        return subprocess.run(
            [
                program,
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-dev-shm-usage",
                "--disable-background-networking",
                "--hide-scrollbars",
                "--no-first-run",
                "--host-resolver-rules=MAP * ~NOTFOUND",
                "--enable-logging=stderr",
                f"--user-data-dir={profile}",
                *map(str, words),
            ],
            capture_output=True,
            text=True,
            timeout=120,
            check=True,
        )

    return run


@pytest.fixture(scope="module")
def page_file(page_html, tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(page_html)
    return path


@pytest.fixture(scope="module")
def probed(browser, page_html, tmp_path_factory):
    """What the browser measures in a frame of a width."""
    path = tmp_path_factory.mktemp("probe") / "probe.html"

    @functools.cache
    def measure(width):
        path.write_text(PROBE.format(width=width, page=escape(page_html)))
        answer = browser("--dump-dom", path.as_uri())
        found = re.search(r'data-probe="\{(.*?)\}"', answer.stdout)
        pairs = re.findall(r"&quot;(\w+)&quot;:(\d+)", found[1])
        return SimpleNamespace(**{name: int(value) for name, value in pairs})

    return measure


@pytest.fixture(scope="module")
def shot(browser, page_file, tmp_path_factory):
    """A picture of the whole page in a window of a width, and what the browser said."""
    folder = tmp_path_factory.mktemp("shots")

    def take(width, height, *words):
        path = folder / f"{width}{'-'.join(words)}.png"
        options = (f"--window-size={width},{height}", f"--screenshot={path}", *words)
        said = browser(*options, page_file.as_uri()).stderr
        return image.imread(path)[..., :3], said

    return take


@pytest.mark.parametrize("width", WIDTHS)
def test_it_fits_its_window(probed, width):
    found = probed(width)
    assert found.inner == width
    assert found.scroll <= width
    assert found.wide == 0
    assert found.shown == 7
    assert found.small == 0
    assert 2000 < found.height < 20_000


@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_complained_about_or_asked_for(shot, width):
    """A request would end in an error: no host can be found, and the page forbids it."""
    _, said = shot(width, 900)
    assert "CONSOLE" not in said
    assert not re.search(r"https?://(?!www\.w3\.org)", said)


def test_a_page_that_asks_for_something_would_be_noticed(browser, tmp_path):
    path = tmp_path / "asks.html"
    path.write_text('<img src="https://example.org/picture.png"><script>nothing()</script>')
    said = browser("--screenshot=" + str(tmp_path / "asks.png"), path.as_uri()).stderr
    assert "CONSOLE" in said
    assert "nothing is not defined" in said


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_drawn_from_top_to_bottom(probed, shot, width):
    height = probed(width).height
    picture, _ = shot(width, height)
    assert picture.shape == (height, width, 3)
    ground = picture[2, 2]
    inked = np.abs(picture - ground).max(axis=2) > 0.25
    bands = np.array_split(inked.any(axis=1), 20)
    assert min(band.mean() for band in bands) > 0.05
    assert 0.01 < inked.mean() < 0.6
    assert not inked[:, -2:].any()  # nothing is cut off at the right edge
    coloured = np.ptp(picture, axis=2) > 0.3
    hues = Counter(map(tuple, (picture[coloured] * 8).astype(int)))
    assert len(hues) > 5


@pytest.mark.parametrize("width", WIDTHS)
def test_it_is_dark_where_the_reader_wants_it_dark(shot, width):
    light, _ = shot(width, 1500)
    dark, _ = shot(width, 1500, "--blink-settings=preferredColorScheme=0")
    assert np.median(light) > 0.9
    assert np.median(dark) < 0.2
    assert (dark.min(axis=2) > 0.8).mean() > 0.002  # light words
