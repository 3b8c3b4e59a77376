"""Checks of JSON values by a declared type, which says its range or its choices with `Literal` or `Annotated`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, get_args, get_origin

from boxwright.domain.messages import Message

Check = Callable[[Any], Any]
Number = TypeVar("Number", int, float)


class Range(NamedTuple):
    """Lowest and highest value of a number: `Annotated[int, Range(1, 6)]`."""

    low: float
    high: float

    def clamped(self, value: Number) -> Number:
        return type(value)(min(max(value, self.low), self.high))


class OneOf(NamedTuple):
    """Choices of a text that are known only at run time: `Annotated[str, OneOf(languages)]`."""

    choices: Callable[[], tuple[str, ...]]


def range_of(declared: Any) -> Range | None:
    """The range that the type declares, if it is of a number."""
    return next((note for note in _notes(declared) if isinstance(note, Range)), None)


def choices_of(declared: Any) -> tuple[str, ...]:
    """The values that the type offers, none when it offers no choice."""
    if get_origin(declared) is Literal:
        return get_args(declared)
    return next((note.choices() for note in _notes(declared) if isinstance(note, OneOf)), ())


def check_of(declared: Any) -> Check:
    """A function from a JSON value to one of the type `declared`.

    It raises ValueError or TypeError with what the value must be, to follow the words "must be". Raises TypeError on a
    type that it cannot check.
    """
    plain = get_args(declared)[0] if get_origin(declared) is Annotated else declared
    limits = range_of(declared)
    if get_origin(plain) is Literal or any(isinstance(note, OneOf) for note in _notes(declared)):
        return lambda value: _one_of(choices_of(declared), value)
    if limits and plain in (int, float):
        return lambda value: _number(limits, plain, value)
    if plain not in _CHECKS:
        raise TypeError(f"no check for a value of the type {declared}")
    return _CHECKS[plain]


def _notes(declared: Any) -> tuple[Any, ...]:
    return get_args(declared)[1:] if get_origin(declared) is Annotated else ()


def _one_of(choices: tuple[str, ...], value: Any) -> str:
    if value not in choices:
        raise ValueError(Message("one of {0}", ", ".join(choices)))
    return str(value)


def _number(limits: Range, kind: type[int] | type[float], value: Any) -> int | float:
    # bool is an int to Python, never to a person.
    if isinstance(value, bool) or not isinstance(value, int if kind is int else (int, float)):
        raise TypeError(Message("a whole number") if kind is int else Message("a number"))
    if not limits.low <= value <= limits.high:
        raise ValueError(Message("from {0:g} to {1:g}", limits.low, limits.high))
    return kind(value)


def _boolean(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(Message("true or false"))
    return value


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(Message("a text"))
    return value


def _texts(value: Any) -> tuple[str, ...]:
    if not isinstance(value, (list, tuple)) or not all(isinstance(v, str) for v in value):
        raise TypeError(Message("a list of texts"))
    return tuple(value)


def _texts_by_text(value: Any) -> dict[str, tuple[str, ...]]:
    if not isinstance(value, Mapping) or not all(isinstance(name, str) for name in value):
        raise TypeError(Message("an object whose values are lists of texts"))
    return {name: _texts([keys] if isinstance(keys, str) else keys) for name, keys in value.items()}


_CHECKS: Mapping[Any, Check] = {
    bool: _boolean,
    str: _text,
    tuple[str, ...]: _texts,
    Mapping[str, tuple[str, ...]]: _texts_by_text,
}
