"""Pages of the guide: which there are, in what order, and where a link of one leads.

A page is named by its place among what comes with the program, with forward slashes: `docs/guide/boxes.md`.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from boxwright.config import paths

GUIDE = "docs/guide"
CHANGES = "CHANGELOG.md"
NO_DETECTOR, COCO_DETECTOR = f"{GUIDE}/no-detector.md", f"{GUIDE}/coco-detector.md"
MODELS, RETRAINING, CHOOSING = f"{GUIDE}/models.md", f"{GUIDE}/retraining.md", f"{GUIDE}/choosing-images.md"
FORMATS, BACKUPS, SETTINGS = f"{GUIDE}/formats.md", f"{GUIDE}/backups.md", f"{GUIDE}/settings.md"
POOL, BOXES, SHORTCUTS, TROUBLE = (f"{GUIDE}/{name}.md" for name in ("pool", "boxes", "shortcuts", "trouble"))
START = f"{GUIDE}/tour.md"
# As somebody new goes through them; a page that is not named comes after these.
ORDER = (
    "tour", "no-detector", "coco-detector", "demo", "boxes", "shortcuts", "coming-from", "pool", "choosing-images",
    "models", "retraining", "retraining-commands", "formats", "backups", "settings", "trouble", "install", "commands",
    "plugins",
)  # fmt: skip
_TITLE = re.compile(r"^# +(.+?)\s*$", re.MULTILINE)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True)
class Page:
    """Page of the guide."""

    place: str
    title: str


@dataclass(frozen=True)
class Link:
    """Where a link leads. `outside`: an address of the net, or ""; then `place` and `anchor` are empty. `place`: of a
    page or another file that comes with the program."""

    place: str = ""
    anchor: str = ""
    outside: str = ""


def pages() -> tuple[Page, ...]:
    """In the order of the guide; empty where the documentation is not there."""
    places = {file.stem: f"{GUIDE}/{file.name}" for file in sorted((paths.docs() / "guide").glob("*.md"))}
    names = [name for name in ORDER if name in places] + [name for name in places if name not in ORDER]
    return tuple(Page(places[name], title_of(places[name])) for name in names)


def text_of(place: str) -> str:
    """The Markdown of a page. Raises OSError."""
    return (paths.docs().parent / place).read_text(encoding="utf-8")


@cache
def title_of(place: str) -> str:
    """Its first heading. Raises OSError."""
    found = _TITLE.search(text_of(place))
    return found[1].replace("`", "") if found else posixpath.basename(place)


def led_to(target: str, page: str) -> Link:
    """Where the link `target` on `page` leads."""
    if _SCHEME.match(target):
        return Link(outside=target)
    path, _, anchor = target.partition("#")
    place = posixpath.normpath(posixpath.join(posixpath.dirname(page), unquote(path))) if path else page
    return Link(place, anchor)


def is_there(place: str) -> bool:
    """Whether that file comes with the program."""
    return not place.startswith("..") and (paths.docs().parent / place).is_file()


class Anchors:
    """Anchors of one page's headings, as the usual hosts of source make them."""

    def __init__(self) -> None:
        self._seen: dict[str, int] = {}

    def of(self, heading: str) -> str:
        """Of the next heading; the second of the same words has -1 behind it."""
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        number = self._seen[slug] = self._seen.get(slug, -1) + 1
        return f"{slug}-{number}" if number else slug
