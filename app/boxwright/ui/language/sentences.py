"""Sentences that come finished from below the window, in the language of now: templates of what is said there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from boxwright.config import paths

# A field is `{0}` or `{name}`; `{0!t}` holds words of ours, which are looked up in their turn, `{0!n}` a number.
FIELD = re.compile(r"\{(\w+)(![tn])?\}")
_BETWEEN = re.compile(r"(\n|(?<=[.?]) (?=\S))")
_TOGETHER = 4
_LARGEST, _REMEMBERED = 4000, 4096


@dataclass(frozen=True, slots=True)
class Template:
    """`marks`: the longest piece that has no field, by which most templates are ruled out before they are tried."""

    pattern: re.Pattern[str]
    marks: str
    fixed: int
    words: str

    @classmethod
    def of(cls, source: str, words: str) -> Template:
        pattern: list[str] = []
        pieces, last = [""], 0
        for found in FIELD.finditer(source):
            pieces[-1] += source[last : found.start()]
            last = found.end()
            value = r"[\d.,]+" if f"{found[0][:-1]}!n}}" in words else ".*"
            pattern += [re.escape(pieces[-1]), _group(found[1], value, pattern, source[last:])]
            pieces.append("")
        pieces[-1] += source[last:]
        pattern.append(re.escape(pieces[-1]))
        longest = max(pieces, key=len)
        return cls(re.compile("".join(pattern), re.DOTALL), longest, sum(map(len, pieces)), words)


def _group(name: str, value: str, before: list[str], after: str) -> str:
    """A name may end with " (1)": what stands in brackets after a field are the last ones."""
    group = f"f{name}"
    if any(f"<{group}>" in part for part in before):
        return f"(?P={group})"
    return f"(?P<{group}>{value})" if after.startswith(" (") else f"(?P<{group}>{value}?)"


class Reading(NamedTuple):
    """A text in the other language, and how many of its characters a template said: all but names and numbers."""

    words: str
    known: int


class Sentences:
    """One language's templates. `say` returns what it does not know as it is."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._whole = {source: words for source, words in texts.items() if not FIELD.search(source)}
        self._templates = [Template.of(source, words) for source, words in texts.items() if source not in self._whole]
        self._read = lru_cache(_REMEMBERED)(self._best)

    def say(self, text: str) -> str:
        return self._read(text).words if len(text) <= _LARGEST else text

    def _best(self, text: str) -> Reading:
        """Of all readings the one that leaves the least in English: a field of one template may else take in what
        another has words for."""
        return max(self._one(text), self._several(text), key=_known)

    def _one(self, text: str) -> Reading:
        if (words := self._whole.get(text)) is not None:
            return Reading(words, len(text))
        fitting = (
            self._filled(template, found)
            for template in self._templates
            if template.marks in text and (found := template.pattern.fullmatch(text)) is not None
        )
        return max(fitting, key=_known, default=Reading(text, 0))

    def _several(self, text: str) -> Reading:
        """Of sentences one after another. A name may hold what looks like the end of one, and a template more than
        one, so that neighbours are tried together too."""
        parts = _BETWEEN.split(text)
        best = [Reading("", 0)]
        for end in range(1, len(parts) + 1, 2):
            ways = []
            for begin in range(end - 1, max(-1, end - 2 * _TOGETHER), -2):
                before, one = best[begin // 2], self._one("".join(parts[begin:end]))
                between = parts[begin - 1] if begin else ""
                ways.append(Reading(before.words + between + one.words, before.known + one.known))
            best.append(max(ways, key=_known))
        return best[-1]

    def _filled(self, template: Template, found: re.Match[str]) -> Reading:
        said = {
            field[0]: self._read(found[f"f{field[1]}"]) if field[2] == "!t" else Reading(found[f"f{field[1]}"], 0)
            for field in FIELD.finditer(template.words)
        }
        words = FIELD.sub(lambda field: said[field[0]].words, template.words)
        return Reading(words, template.fixed + sum(reading.known for reading in said.values()))


def _known(reading: Reading) -> int:
    return reading.known


def sentences(language: Literal["en", "ko"]) -> dict[str, str]:
    """English template -> `language`; empty for English."""
    if language == "en":
        return {}
    texts: dict[str, str] = json.loads((paths.resources() / "translations" / f"{language}-sentences.json").read_bytes())
    return texts


@lru_cache(maxsize=2)
def _of(language: Literal["en", "ko"]) -> Sentences:
    return Sentences(sentences(language))


_now: list[Sentences] = [Sentences({})]


def use_sentences(language: Literal["en", "ko"]) -> None:
    _now[0] = _of(language)


def say(text: str) -> str:
    """`text`, said below the window, in the language of now; as it is where no template fits. On any thread."""
    return _now[0].say(text)
