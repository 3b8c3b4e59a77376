"""Registry of plug-ins of one kind: built-in ones, and those that installed packages bring by entry point."""

from __future__ import annotations

import inspect
import logging
from collections.abc import Iterator, Mapping
from functools import cache, cached_property
from importlib.metadata import EntryPoint, entry_points
from typing import Generic, TypeVar, cast

from boxwright.config.logging import keep_in_log
from boxwright.domain.messages import Message, words_of

P = TypeVar("P")
logger = logging.getLogger(__name__)


class PluginError(Exception):
    """Reason why an addition cannot be used; a clause that follows a colon."""


class Plugins(Generic[P]):
    """Registry of one kind of addition, each made once and by its name.

    kind: what a person calls one, "sampler". group: of the entry points. protocol: a class whose public members every
    addition has. built_in: name to "module:Class", the class made without arguments; modules are loaded when asked for.

    An addition of another package goes by the name of its entry point, which is its own `name` as well. It is left out,
    with a sentence in the log, when it does not load, lacks a part, or has a name that is taken; the others stay.
    """

    def __init__(self, kind: str, group: str, protocol: type, built_in: Mapping[str, str]) -> None:
        self.kind = kind
        self.group = group
        self.built_in = built_in
        self._parts = [n for n in (*inspect.get_annotations(protocol), *vars(protocol)) if not n.startswith("_")]
        self._made = cache(self._make)

    def all(self) -> Mapping[str, P]:
        """By name: the built-in ones in the order of their table, then those of others in that of their names."""
        return self._found[0]

    @property
    def broken(self) -> tuple[str, ...]:
        """One sentence for each that is left out."""
        return self._found[1]

    def get(self, name: str) -> P | None:
        """The one of that name. A built-in one is found without a look at the others or at installed packages."""
        return self._made(name, self.built_in[name]) if name in self.built_in else self.all().get(name)

    @cached_property
    def _found(self) -> tuple[Mapping[str, P], tuple[str, ...]]:
        found: dict[str, P] = {}
        broken: list[str] = []
        for name, target in self._targets():
            try:
                if name in found or self.built_in.get(name, target) != target:
                    raise PluginError(Message("the name is taken"))
                found[name] = self._made(name, target)
            except Exception as error:  # a stranger's code may fail in any way and must not take the rest with it
                why = words_of(error)
                if not why.arguments:
                    said = " ".join(why.split()).rstrip(".")
                    why = Message(said or type(error).__name__)
                sentence = Message("The {0} '{1}' ({2}) is left out: {3}.", self.kind, name, target, why)
                logger.warning("%s", sentence)
                keep_in_log(sentence, error)
                broken.append(sentence)
        return found, tuple(broken)

    def _targets(self) -> Iterator[tuple[str, str]]:
        yield from self.built_in.items()
        for entry in sorted(entry_points(group=self.group), key=lambda entry: (entry.name, entry.value)):
            # An older version of this program announced its own as well.
            if self.built_in.get(entry.name) != entry.value:
                yield entry.name, entry.value

    def _make(self, name: str, target: str) -> P:
        made = EntryPoint(name, target, self.group).load()()
        missing = [part for part in self._parts if not hasattr(made, part)]
        if missing:
            raise PluginError(Message("it has no '{0}', which one of this version has", missing[0]))
        if made.name != name:
            raise PluginError(Message("it calls itself '{0}'", made.name))
        return cast(P, made)
