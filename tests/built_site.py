"""A built site as its files tell it: where pages lead, what a browser would load, and what was left as Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

# By element, the attributes whose address a browser fetches without being asked; `link` depends on its `rel`.
_LOADED = {
    "script": ("src",), "img": ("src", "srcset"), "source": ("src", "srcset"), "video": ("src", "poster"),
    "audio": ("src",), "track": ("src",), "iframe": ("src",), "frame": ("src",), "embed": ("src",), "object": ("data",),
    "input": ("src",), "body": ("background",), "image": ("href", "xlink:href"), "use": ("href", "xlink:href"),
}  # fmt: skip
_LED_TO_ONLY = {"canonical", "alternate", "prev", "next", "author", "license", "help", "search"}
_OUTSIDE = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
_STYLE_ADDRESS = re.compile(r"""url\(\s*['"]?([^'")]*)|@import\s+['"]([^'"]*)""")
_UNRENDERED = re.compile(r"^\s*(?:[-*+] |\|)|\]\([^)\s]+\)", re.MULTILINE)


@dataclass
class HtmlPage(HTMLParser):
    """`leads`: addresses a click follows. `loads`: addresses a browser fetches. `anchors`: places in the page that an
    address can name. `paragraphs`: texts of paragraphs and list items, code left out."""

    leads: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    paragraphs: list[str] = field(default_factory=list)
    _inside: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attributes}
        self.anchors |= {known[name] for name in ("id", "name") if known.get(name)}
        self.loads += style_addresses(known.get("style", ""))
        for name in _LOADED.get(tag, ()):
            if name in known:
                self.loads += [part.split()[0] for part in known[name].split(",") if part.split()]
        if tag == "link" and "href" in known:
            led = set(known.get("rel", "").lower().split()) <= _LED_TO_ONLY
            (self.leads if led else self.loads).append(known["href"])
        if tag == "meta" and known.get("http-equiv", "").lower() == "refresh":
            self.loads.append(known.get("content", "").partition("=")[2])
        if tag in ("a", "area") and "href" in known:
            self.leads.append(known["href"])
        if tag in ("p", "li", "style", "code", "script", "pre"):
            self._inside.append(tag)
            if tag in ("p", "li"):
                self.paragraphs.append("")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._inside:
            while self._inside.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        within = self._inside[-1] if self._inside else ""
        if within == "style":
            self.loads += style_addresses(data)
        if within in ("p", "li"):
            self.paragraphs[-1] += data


def style_addresses(text: str) -> list[str]:
    """What a style sheet makes a browser fetch; data inside the sheet itself is none."""
    found = (first or second for first, second in _STYLE_ADDRESS.findall(text))
    return [address for address in found if address and not address.startswith("data:")]


def read_pages(site: Path) -> dict[Path, HtmlPage]:
    pages = {}
    for file in sorted(site.rglob("*.html")):
        page = HtmlPage()
        page.feed(file.read_text(encoding="utf-8"))
        page.close()
        pages[file] = page
    return pages


def outside_loads(site: Path, pages: Mapping[Path, HtmlPage]) -> Iterator[str]:
    """What opening a page would fetch from another place than the site, by page and style sheet."""
    sheets = {file: style_addresses(file.read_text(encoding="utf-8")) for file in site.rglob("*.css")}
    pictures = {file: svg_loads(file) for file in site.rglob("*.svg")}
    for file, loads in [*((f, p.loads) for f, p in pages.items()), *sheets.items(), *pictures.items()]:
        for address in loads:
            if _OUTSIDE.match(address):
                yield f"{file.relative_to(site)} loads {address}"


def svg_loads(file: Path) -> list[str]:
    page = HtmlPage()
    page.feed(file.read_text(encoding="utf-8"))
    return page.loads


def broken_addresses(site: Path, pages: Mapping[Path, HtmlPage]) -> Iterator[str]:
    """Addresses inside the site, of links and of what is loaded, that lead to no file or to no place in it."""
    for file, page in pages.items():
        for address in [*page.leads, *page.loads]:
            parts = urlsplit(address)
            if parts.scheme or parts.netloc:
                continue
            # The page for what is not found is shown at any address, so its own are from the root.
            base = site if parts.path.startswith("/") else file.parent
            target = (base / unquote(parts.path).lstrip("/")).resolve() if parts.path else file
            if target.is_dir():
                target /= "index.html"
            if site not in target.parents or not target.is_file():
                yield f"{file.relative_to(site)} leads to {address}, which is not there"
            elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
                yield f"{file.relative_to(site)} leads to {address}, and there is no such place in that page"


def unrendered(page: HtmlPage) -> list[str]:
    """Paragraphs in which a list, a table or a link stayed text."""
    return [text.strip() for text in page.paragraphs if _UNRENDERED.search(text)]
