"""Search and ranking of classes: by number, by a part of the name, and those in use first."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from boxwright.domain.classes import LabelClass

MOST_RECENT = 5


def class_number(place: int) -> str:
    """What is typed for the class at `place`, from 0: its digit 1..9, then 0, for the first ten; from the eleventh on
    its number, two digits or more."""
    return str((place + 1) % 10) if place < 10 else str(place + 1)


def place_of(number: str) -> int | None:
    """The place that `class_number` gave this number; "10" and "007" mean what they say. None for what is none."""
    if not (number.isascii() and number.isdigit()):
        return None
    return 9 if number == "0" else int(number) - 1 if int(number) else None


def folded(text: str) -> str:
    """Equal for texts that differ only in case, or in how letters are put together."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())


class ClassUsage:
    """Use of classes: which ones a person gave, the latest ones first, and how many boxes have each."""

    def __init__(self) -> None:
        self._recent: list[int] = []
        self._boxes: Counter[int] = Counter()

    def load(self, boxes: Mapping[int, int]) -> None:
        """Boxes by class id, of the whole project."""
        self._boxes = Counter(boxes)

    def note(self, class_id: int) -> None:
        self._recent = [class_id, *(known for known in self._recent if known != class_id)][:MOST_RECENT]
        self._boxes[class_id] += 1

    def ranked(self, classes: Sequence[LabelClass]) -> list[int]:
        """Places in `classes`: what was given last, then what most boxes have, then the rest in their order."""
        recent = {class_id: rank for rank, class_id in enumerate(self._recent)}

        def order(place: int) -> tuple[int, int, int]:
            class_id = classes[place].id
            return recent.get(class_id, MOST_RECENT), -self._boxes[class_id], place

        return sorted(range(len(classes)), key=order)


class ClassSearch:
    """Search among the same classes again and again; their names are folded once."""

    def __init__(self, classes: Sequence[LabelClass], order: Iterable[int]) -> None:
        """`order`: places in `classes`, those to be listed first at the front."""
        self._names = [folded(c.name) for c in classes]
        self._order = list(order)

    def by_name(self, text: str) -> list[int]:
        """Places of the classes with every word of `text` in their name: names that are it, then names that begin with
        it, names with a word that does, and all others; after them the class with that very number, and those whose
        number begins with it, for names may be numbers themselves."""
        words, number = folded(text).split(), text.strip()
        if not words:
            return list(self._order)
        ranked = [(rank, n, place) for n, place in enumerate(self._order)
                  if (rank := self._rank(place, words, number)) is not None]  # fmt: skip
        return [place for _, _, place in sorted(ranked)]

    def by_number(self, digits: str) -> list[int]:
        """Places of the classes whose number begins with `digits`, in their order; all for none."""
        return [place for place in range(len(self._names)) if class_number(place).startswith(digits)]

    def complete(self, digits: str) -> int | None:
        """The place that `digits` mean, once no digit more could make them the number of another class."""
        place = place_of(digits)
        if place is None or place >= len(self._names):
            return None
        goes_on = int(digits) > 0 and int(digits) * 10 <= len(self._names) and len(digits) < len(str(len(self._names)))
        return None if goes_on else place

    def _rank(self, place: int, words: Sequence[str], number: str) -> int | None:
        name, whole = self._names[place], " ".join(words)
        if all(word in name for word in words):
            if name == whole:
                return 0
            if name.startswith(whole):
                return 1
            return 2 if any(part.startswith(words[0]) for part in name.split()) else 3
        own = class_number(place)
        return 4 if own == number else 5 if own.startswith(number) else None
