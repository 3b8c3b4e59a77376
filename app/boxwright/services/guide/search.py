"""Search through the guide: every page that has all the words, the one with most of them first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from boxwright.services.guide.pages import Page
from boxwright.services.guide.render import Section

# A word in a title says more of a page than one in its text.
TITLE_WEIGHT, HEADING_WEIGHT = 40, 8
SNIPPET = 110
_BEFORE = 34


@dataclass(frozen=True)
class Hit:
    """Page that was found. `count`: how often the words stand on it. `anchor` and `snippet`: of the section that has
    most of them."""

    page: Page
    count: int
    anchor: str
    snippet: str


class SearchIndex:
    """Index of pages, added one by one."""

    def __init__(self) -> None:
        self._pages: list[tuple[Page, list[Section]]] = []

    def __len__(self) -> int:
        return len(self._pages)

    def add(self, page: Page, sections: list[Section]) -> None:
        self._pages.append((page, sections))

    def find(self, text: str) -> list[Hit]:
        """Pages with every word of `text`, in any case and as a part of a word; empty for no word."""
        wanted = words_in(text)
        if not wanted:
            return []
        found = [hit for page, sections in self._pages if (hit := _look(page, sections, wanted)) is not None]
        return [hit for _, hit in sorted(found, key=lambda pair: -pair[0])]


def words_in(text: str) -> list[str]:
    return text.casefold().split()


def _look(page: Page, sections: Sequence[Section], wanted: Sequence[str]) -> tuple[int, Hit] | None:
    title = page.title.casefold()
    counts = [_counted(section, wanted) for section in sections]
    if any(word not in title and not any(found[word] for found in counts) for word in wanted):
        return None
    weight = TITLE_WEIGHT * sum(title.count(word) for word in wanted)
    weight += HEADING_WEIGHT * sum(section.heading.casefold().count(word) for section in sections for word in wanted)
    count = sum(sum(found.values()) for found in counts)
    # The section with the most different words, then with the most at all.
    best = max(range(len(sections)), key=lambda i: (sum(map(bool, counts[i].values())), sum(counts[i].values())))
    return weight + count, Hit(page, count, sections[best].anchor, snippet(sections[best].text, wanted))


def _counted(section: Section, wanted: Iterable[str]) -> dict[str, int]:
    text = f"{section.heading}\n{section.text}".casefold()
    return {word: text.count(word) for word in wanted}


def snippet(text: str, wanted: Sequence[str]) -> str:
    """The words around the first that is wanted, on one line."""
    line = " ".join(text.split())
    low = line.casefold()
    first = min((at for word in wanted if (at := low.find(word)) >= 0), default=0)
    begin = line.rfind(" ", 0, max(0, first - _BEFORE)) + 1 if first > _BEFORE else 0
    cut = line[begin : begin + SNIPPET]
    end = len(cut) if begin + SNIPPET >= len(line) else max(cut.rfind(" "), 1)
    return ("… " if begin else "") + cut[:end] + (" …" if begin + end < len(line) else "")
