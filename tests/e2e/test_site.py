"""The site that `make docs` builds is whole, is built without a network, and loads nothing from one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.built_site import HtmlPage, broken_addresses, outside_loads, read_pages, unrendered
from tests.network_watch import watchable, watched

pytest.importorskip("material", reason="the site is built by the packages of the extra 'docs'")
pytest.importorskip("mkdocstrings", reason="the site is built by the packages of the extra 'docs'")

REPOSITORY = Path(__file__).resolve().parents[2]
PLUGINS = {
    "formats": "boxwright.formats.base.Format",
    "decoders": "boxwright.inference.decoders.base.Decoder",
    "samplers": "boxwright.sampling.protocol.Sampler",
    "trainers": "boxwright.training.protocol.Trainer",
}
# Addresses in the theme's scripts, and why no page of ours has them loaded.
SCRIPTED = {
    "/mermaid@": "only where a page has a diagram of class 'mermaid'",
    "/resize-observer-polyfill": "only by browsers from before 2020",
    "api.github.com": "only where a repository is named in mkdocs.yml",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("site") / "built"
    settings = str(REPOSITORY / "mkdocs.yml")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--config-file", settings, "--site-dir", str(out)]
    environment = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    if watchable():
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        code, said = done.returncode, done.stdout + done.stderr
    else:
        seen = watched(command, environment)
        assert seen.attempts == [], "building the site reaches for a network"
        code, said = seen.code, seen.out + seen.error
    assert code == 0, said
    return out.resolve()


@pytest.fixture(scope="module")
def pages(site: Path) -> Mapping[Path, HtmlPage]:
    return read_pages(site)


def test_every_link_and_anchor_leads_somewhere(site: Path, pages: Mapping[Path, HtmlPage]) -> None:
    assert list(broken_addresses(site, pages)) == []


def test_no_page_loads_anything_from_outside(site: Path, pages: Mapping[Path, HtmlPage]) -> None:
    assert list(outside_loads(site, pages)) == []


def test_scripts_load_nothing_from_outside_on_these_pages(site: Path) -> None:
    addresses = {
        match
        for file in site.rglob("*.js")
        if file.name != "search_index.js"
        for match in re.findall(r"""["'`]https?://([^"'`\s?${}]+)""", file.read_text(encoding="utf-8"))
    }
    assert {a for a in addresses if not any(part in a for part in (*SCRIPTED, "w3.org"))} == set()
    for file in site.rglob("*.html"):
        text = file.read_text(encoding="utf-8")
        assert not re.search(r"""class=["'][^"']*\bmermaid\b""", text), file
        assert 'data-md-component="source"' not in text, file


def test_every_page_of_the_repository_is_in_the_site(site: Path) -> None:
    written = {file.relative_to(REPOSITORY / "docs") for file in (REPOSITORY / "docs").rglob("*.md")}
    expected = {p.with_name("index.html") if p.name == "README.md" else p.with_suffix(".html") for p in written}
    beside = {Path(f.stem).with_suffix(".html") for f in REPOSITORY.glob("*.md") if f.name != "README.md"}
    for page in {Path("index.html"), *expected, *beside}:
        assert (site / page).is_file(), f"{page} is not in the site"


@pytest.mark.parametrize("kind", PLUGINS)
def test_the_protocol_of_each_kind_of_plug_in_is_shown(kind: str, pages: Mapping[Path, HtmlPage], site: Path) -> None:
    assert PLUGINS[kind] in pages[site / "api" / f"{kind}.html"].anchors


def test_no_markdown_is_left_as_text(site: Path, pages: Mapping[Path, HtmlPage]) -> None:
    found = {str(file.relative_to(site)): left for file, page in pages.items() if (left := unrendered(page))}
    assert found == {}


@pytest.mark.parametrize(
    "planted",
    [
        '<a href="b.html">x</a>',
        '<a href="#there">x</a>',
        '<a href="a.html#there">x</a>',
        '<img src="x.png">',
        '<a href="../outside.html">x</a>',
        '<link rel="stylesheet" href="x.css">',
    ],
)
def test_a_planted_address_that_leads_nowhere_is_found(planted: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f'<p id="here">{planted} <a href="#here">y</a> <a href="a.html">z</a></p>')
    assert len(list(broken_addresses(tmp_path.resolve(), read_pages(tmp_path.resolve())))) == 1


@pytest.mark.parametrize(
    "planted",
    [
        '<script src="https://a.example/x.js"></script>',
        '<link rel="stylesheet" href="//a.example/x.css">',
        '<link rel="preconnect" href="https://a.example">',
        '<img srcset="x.png 1x, https://a.example/x.png 2x" src="x.png">',
        "<style>@import 'https://a.example/x.css'</style>",
        '<p style="background: url(https://a.example/x.png)">x</p>',
        '<iframe src="http://a.example"></iframe>',
        '<meta http-equiv="refresh" content="0; url=https://a.example">',
    ],
)
def test_a_planted_load_from_outside_is_found(planted: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f'{planted}<a href="https://b.example">a link is no load</a>')
    assert len(list(outside_loads(tmp_path, read_pages(tmp_path)))) == 1


@pytest.mark.parametrize("planted", ["so:\n- one", "a\n| b | c |", "see [this](that.md)"])
def test_planted_markdown_is_found(planted: str, tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text(f"<p>{planted}</p><p>well - <code>[a](b)</code> and |x|</p>")
    assert len(unrendered(read_pages(tmp_path)[tmp_path / "a.html"])) == 1
