"""Catalogue of gettext: what the program says, in one other language."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from gettext import c2py
from pathlib import Path

from boxwright.config import paths
from boxwright.domain.messages import Message

log = logging.getLogger(__name__)
# As in C: what a catalogue without a header of its own means.
_RULE = "n != 1"
_ONE_OR_MANY = c2py(_RULE)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """English -> the other language. `plurals` has the forms by the English of one, `form` tells which of them a number
    takes. What is not translated is said in English."""

    texts: Mapping[str, str] = field(default_factory=dict)
    plurals: Mapping[str, Sequence[str]] = field(default_factory=dict)
    form: Callable[[int], int] = _ONE_OR_MANY

    def text(self, source: str) -> str:
        return self.texts.get(source, source)

    def plural(self, one: str, many: str, count: int) -> str:
        forms = self.plurals.get(one)
        return forms[self.form(count)] if forms is not None else one if count == 1 else many

    def translate(self, text: str) -> str:
        """`text` with what it is made of; a text that is no Message is looked up whole."""
        if not isinstance(text, Message) or not text.arguments:
            return self.text(text)
        arguments = [self.translate(value) if isinstance(value, Message) else value for value in text.arguments]
        try:
            return self._template(text).format(*arguments)
        except (LookupError, ValueError, TypeError):
            # A translation with a field of its own; nothing may depend on that.
            log.exception("translation of %r", text.template)
            return str.__str__(text)

    def _template(self, message: Message) -> str:
        if not message.many:
            return self.text(message.template)
        return self.plural(message.template, message.many, int(message.arguments[0]))


ENGLISH = Catalogue()


def catalogues() -> dict[str, Path]:
    """Language -> its file: a language is there when its file is."""
    return {file.stem: file for file in sorted(paths.translations().glob("*.po"))}


def read(file: Path) -> Catalogue:
    """The translated entries of a `.po` file. Raises OSError where it cannot be read or is none."""
    # Not for who speaks English.
    import polib

    entries = polib.pofile(str(file))
    rule = entries.metadata.get("Plural-Forms", "").partition("plural=")[2].rstrip("; ") or _RULE
    texts, plurals, form = {}, {}, c2py(rule)
    for entry in entries:
        if not entry.translated():
            continue
        if entry.msgid_plural:
            forms = plurals[entry.msgid] = [entry.msgstr_plural[number] for number in sorted(entry.msgstr_plural)]
            # As gettext has it: the text alone is that of one.
            texts[entry.msgid] = forms[min(form(1), len(forms) - 1)]
        else:
            texts[entry.msgid] = entry.msgstr
    return Catalogue(texts, plurals, form)
