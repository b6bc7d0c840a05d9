# SPDX-License-Identifier: GPL-2.0-or-later
"""The HTML report: what is in the page, and what a real browser makes of it."""

import base64
import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.reports import DIFF, At, bare, leaked, paint, review

VOID = {"meta", "br", "hr", "link", "img"}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Reader(HTMLParser):
    """Checks that elements close in order; collects ids, links and attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(text: str) -> Reader:
    reader = Reader()
    reader.feed(text)
    reader.close()
    assert reader.open == []
    return reader


def series() -> str:
    """A page with all there is: two patches with findings, one that mends, a clean one."""
    long = DIFF.replace("struct page *page;", "/* " + "a long line that goes on " * 12 + "*/")
    return paint(
        "html",
        review(bare(), leaked(), diff=long),
        review(leaked(related=[(At("return -ENOMEM;"), "here")]), header={"subject": "[PATCH v2 2/2] example: b"}),
        review(resolved=[(At("GFP_KERNEL", "before"), {})], suppressed=[bare(reason="measured: the pool is small")]),
        review(),
    )


def test_the_page_is_whole_and_its_links_lead_somewhere() -> None:
    page = read(series())
    assert len(page.ids) == len(set(page.ids))
    assert page.links and all(link.startswith("#") for link in page.links)
    assert {link[1:] for link in page.links} <= set(page.ids)
    assert {"rule-gfp-bare-modifier", "rule-hotplug-lock-leaked", "patch-1", "patch-2", "patch-3"} <= set(page.ids)
    text = "".join(page.words)
    assert "Known problems" in text and "mends only" in text and "measured: the pool is small" in text


def test_nothing_is_fetched_and_nothing_runs() -> None:
    text = series()
    page = read(text)
    assert not page.tags & {"script", "link", "img", "iframe", "object", "embed", "form", "base"}
    assert not any(name.startswith("on") or name == "style" for name in page.attributes)
    assert "http:" not in text and "https:" not in text and "@import" not in text and "url(" not in text
    [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', text)
    [style] = re.findall(r"<style>(.*?)</style>", text, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    assert policy == f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def test_a_patch_brings_no_markup_of_its_own() -> None:
    attack = "</code></style><script>alert(1)</script><img src=x onerror=y>\"'&"
    diff = DIFF.replace("struct page *page;", f"/* {attack} */").replace("pool_fill(struct", f"{attack}(struct")
    one = review(bare(message=attack, help=attack, function=attack), diff=diff, header={"subject": attack})
    page = read(paint("html", one))
    assert not page.tags & {"script", "img"}
    assert "".join(page.words).count("<script>alert(1)</script>") >= 5


def test_one_patch_is_called_by_its_name() -> None:
    assert "<h1>[PATCH v2 1/2] example: pool: stay on the node</h1>" in paint("html", review(bare()))


def test_remarks_stand_beside_the_line() -> None:
    text = paint("html", review(bare()))
    [first] = re.findall(
        r'<div class="segment said"><div class="first">(.*?)</div>\n<div class="remarks', text, re.DOTALL
    )
    assert '<mark class="warning">__GFP_THISNODE | __GFP_NOWARN</mark>' in first
    assert first.startswith('<ins class="line">')


class Browser:
    """A headless browser, spoken to over a pipe."""

    def __init__(self, profile: Path) -> None:
        assert CHROMIUM is not None
        read, self._out = os.pipe()
        self._in, write = os.pipe()
        down, up = (fcntl.fcntl(end, fcntl.F_DUPFD, 10) for end in (read, write))
        os.close(read)
        os.close(write)
        # The browser reads from 3 and writes to 4: a small program puts the pipes there and becomes it.
        become = f"import os, sys; os.dup2({down}, 3); os.dup2({up}, 4); os.execv(sys.argv[1], sys.argv[1:])"
        flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"]
        self._process = subprocess.Popen(
            [sys.executable, "-c", become, CHROMIUM, *flags, f"--user-data-dir={profile}", "about:blank"],
            pass_fds=(down, up),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(down)
        os.close(up)
        self._rest = b""
        self._count = 0
        targets = self.ask("Target.getTargets")["targetInfos"]
        page = next(target["targetId"] for target in targets if target["type"] == "page")
        self._session = self.ask("Target.attachToTarget", targetId=page, flatten=True)["sessionId"]

    _session = ""

    def ask(self, method: str, **params: Any) -> Any:
        self._count += 1
        message: dict[str, Any] = {"id": self._count, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        os.write(self._out, json.dumps(message).encode() + b"\0")
        while True:
            while b"\0" not in self._rest:
                self._rest += os.read(self._in, 1 << 16)
            text, _, self._rest = self._rest.partition(b"\0")
            answer = json.loads(text)
            if answer.get("id") == self._count:
                assert "error" not in answer, answer
                return answer["result"]

    def value(self, expression: str) -> Any:
        answer = self.ask("Runtime.evaluate", expression=expression, returnByValue=True)
        assert "exceptionDetails" not in answer, answer
        return answer["result"].get("value")

    def show(self, page: Path, width: int, height: int, dark: bool = False) -> None:
        self.ask(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=width < 500
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.ask("Emulation.setEmulatedMedia", features=[scheme])
        self.ask("Page.enable")
        self.ask("Page.navigate", url=page.as_uri())
        while self.value("document.readyState + location.protocol") != "completefile:":
            pass

    def close(self) -> None:
        self._process.terminate()
        self._process.wait(20)
        os.close(self._out)
        os.close(self._in)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("no chromium here")
    opened = Browser(tmp_path_factory.mktemp("profile"))
    yield opened
    opened.close()


BESIDE = """(() => {
    const [line, said] = ['.first', '.remarks'].map(
        name => document.querySelector('.segment.said ' + name).getBoundingClientRect());
    return [said.left >= line.right - 1, Math.abs(said.top - line.top) < 2, said.top >= line.bottom - 1];
})()"""


@pytest.mark.slow
@pytest.mark.parametrize("width", [390, 800, 1400])
@pytest.mark.parametrize("dark", [False, True])
def test_in_a_browser_it_fits_and_every_link_works(browser: Browser, tmp_path: Path, width: int, dark: bool) -> None:
    file = tmp_path / "report.html"
    file.write_text(series())
    browser.show(file, width, 900, dark)
    assert browser.value("document.documentElement.scrollWidth") <= width
    page = browser.value("getComputedStyle(document.body).backgroundColor")
    assert page == ("rgb(20, 23, 26)" if dark else "rgb(255, 255, 255)")
    assert browser.value(BESIDE) == ([True, True, False] if width == 1400 else [False, False, True])
    tabs = browser.value("getComputedStyle(document.querySelector('.line code')).tabSize")
    assert tabs == ("4" if width < 640 else "8")
    count = browser.value("document.links.length")
    assert count >= 6
    for index in range(count):
        link = f"document.links[{index}]"
        browser.value(f"{link}.scrollIntoView({{block: 'center'}})")
        x, y = browser.value(f"(box => [box.x + 4, box.y + box.height / 2])({link}.getClientRects()[0])")
        for kind in ("mousePressed", "mouseReleased"):
            browser.ask("Input.dispatchMouseEvent", type=kind, x=x, y=y, button="left", clickCount=1)
        assert browser.value("location.hash") == browser.value(f"{link}.getAttribute('href')")
        top = browser.value("document.querySelector(location.hash).getBoundingClientRect().top")
        bottom = browser.value("document.documentElement.scrollHeight - innerHeight - scrollY")
        assert -1 <= top <= 40 or bottom < 2  # at the top, or the page ends before


@pytest.mark.slow
def test_on_paper_it_is_light_and_black_on_white(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "report.html"
    file.write_text(series())
    browser.show(file, 1400, 900, dark=True)
    pdf = browser.ask("Page.printToPDF")["data"]
    assert base64.b64decode(pdf).startswith(b"%PDF")
    browser.ask("Emulation.setEmulatedMedia", media="print")
    assert browser.value("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert browser.value("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
