"""Sentences that come finished from below the window, in the language of now: templates of what is said there."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from boxwright.config import paths

# A field is `{0}` or `{name}`; `{0!t}` holds words of ours, which are looked up in their turn.
FIELD = re.compile(r"\{(\w+)(!t)?\}")
_BETWEEN = re.compile(r"(?<=[.?]) (?=[A-Z0-9'“\"/])")
_LARGEST = 4000


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
            pattern += [re.escape(pieces[-1]), _group(found[1], pattern, source[last:])]
            pieces.append("")
        pieces[-1] += source[last:]
        pattern.append(re.escape(pieces[-1]))
        longest = max(pieces, key=len)
        return cls(re.compile("".join(pattern), re.DOTALL), longest, sum(map(len, pieces)), words)


def _group(name: str, before: list[str], after: str) -> str:
    """A name may end with " (1)": what stands in brackets after a field are the last ones."""
    group = f"f{name}"
    if any(f"<{group}>" in part for part in before):
        return f"(?P={group})"
    return f"(?P<{group}>.*)" if after.startswith(" (") else f"(?P<{group}>.*?)"


class Sentences:
    """One language's templates. `say` returns what it does not know as it is."""

    def __init__(self, texts: dict[str, str]) -> None:
        self._whole = {source: words for source, words in texts.items() if not FIELD.search(source)}
        templates = [Template.of(source, words) for source, words in texts.items() if source not in self._whole]
        self._templates = sorted(templates, key=lambda template: -template.fixed)

    def say(self, text: str) -> str:
        if not text or len(text) > _LARGEST:
            return text
        if (whole := self._whole.get(text)) is not None:
            return whole
        if "\n" in text:
            return "\n".join(map(self.say, text.split("\n")))
        parts = _BETWEEN.split(text)
        known = [self._one(part) for part in parts]
        # A field would take in the sentence after it, so that each is looked up for itself before all as one.
        if None in known and (one := self._one(text)) is not None:
            return one
        return " ".join(part if words is None else words for part, words in zip(parts, known, strict=True))

    def _one(self, text: str) -> str | None:
        if (whole := self._whole.get(text)) is not None:
            return whole
        for template in self._templates:
            if template.marks in text and (found := template.pattern.fullmatch(text)) is not None:
                return self._filled(template.words, found)
        return None

    def _filled(self, words: str, found: re.Match[str]) -> str:
        def value(field: re.Match[str]) -> str:
            said = found[f"f{field[1]}"]
            return self.say(said) if field[2] else said

        return FIELD.sub(value, words)


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
