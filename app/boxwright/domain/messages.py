"""Messages that remember what they are made of, so that a window can say them in another language."""

from __future__ import annotations

import json
import numbers
from collections.abc import Iterable, Mapping
from typing import Any, SupportsIndex, TypeVar

Argument = str | int | float
Text = TypeVar("Text", bound=str)


def N_(text: Text) -> Text:  # noqa: N802 - the name that extraction knows
    """`text` as it is: marks a literal of a table that is translated where it is shown."""
    return text


class Message(str):
    """Finished English sentence that remembers its template and what was filled in.

    `Message("There is no project in {0}.", folder)` is the text with the folder in it, wherever text goes. `template`
    has fields `{0}`, `{1}` ... in the syntax of `str.format`; without arguments it is the text as it is, braces and
    all. Of the arguments, numbers are kept for their format, Messages and errors are translated in their turn, anything
    else is its `str` and stays as it is in every language. Equality, hash and order are those of the text.
    """

    __slots__ = ("arguments", "many", "template")
    template: str
    many: str
    """The template for other numbers than one, empty where there is but one form. The number is the first argument."""
    arguments: tuple[Argument, ...]

    def __new__(cls, template: str, /, *arguments: object) -> Message:
        if type(template) is not str:
            if not arguments and isinstance(template, Message):
                return template
            template = str.__str__(template)
        for value in arguments:
            # One is made for each box of a dataset, and nearly all they hold is plain.
            if type(value) not in _PLAIN:
                return cls._made(template, "", tuple(map(_argument, arguments)))
        made = super().__new__(cls, template.format(*arguments) if arguments else template)
        made.template, made.many, made.arguments = template, "", arguments  # type: ignore[assignment]
        return made

    @classmethod
    def _made(cls, template: str, many: str, arguments: tuple[Argument, ...]) -> Message:
        form = many if many and arguments[0] != 1 else template
        made = super().__new__(cls, form.format(*arguments) if arguments else form)
        made.template, made.many, made.arguments = template, many, arguments
        return made

    def __str__(self) -> str:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> tuple[Any, ...]:
        return Message._made, (self.template, self.many, self.arguments)


def plural(one: str, many: str, count: int, *arguments: object) -> Message:
    """`one` for a `count` of 1, else `many`; `{0}` is the count and `{1}` the first of `arguments`."""
    return Message._made(one, many, tuple(map(_argument, (count, *arguments))))


def joined(separator: str, parts: Iterable[str]) -> Message:
    """`parts` one after another, each translated by itself where it is a Message. Empty ones are left out."""
    said = [part for part in parts if part]
    between = separator.replace("{", "{{").replace("}", "}}")
    return Message(between.join(f"{{{number}}}" for number in range(len(said))), *said)


def words_of(error: BaseException) -> Message:
    """What `error` says, with its parts where it has them."""
    if len(error.args) == 1 and isinstance(error.args[0], Message):
        return error.args[0]
    if isinstance(error, OSError) and error.errno is not None and error.strerror is not None:
        reason = reason_of(error)
        if error.filename is None:
            return Message("[Errno {0}] {1}", error.errno, reason)
        return Message("[Errno {0}] {1}: {2!r}", error.errno, reason, str(error.filename))
    if isinstance(error, json.JSONDecodeError):
        return Message("{0}: line {1} column {2} (char {3})", Message(error.msg), error.lineno, error.colno, error.pos)
    return Message(str(error))


def reason_of(error: OSError) -> Message:
    """The system's reason alone, such as "Permission denied"."""
    return Message(error.strerror or str(error))


def to_json(value: Any) -> Any:
    """`value`, of JSON's types, with an object for each Message in it, so that its parts survive."""
    if isinstance(value, Message):
        made = {"template": value.template, "with": [to_json(argument) for argument in value.arguments]}
        return made | ({"many": value.many} if value.many else {})
    if isinstance(value, Mapping):
        return {key: to_json(part) for key, part in value.items()}
    return [to_json(part) for part in value] if isinstance(value, list | tuple) else value


def from_json(value: Any) -> Any:
    """What `to_json` was given, tuples as lists. Raises ValueError for an object that is no whole Message."""
    if isinstance(value, list):
        return [from_json(part) for part in value]
    if not isinstance(value, dict):
        return value
    if not {"template", "with"} <= value.keys() <= {"template", "with", "many"}:
        return {key: from_json(part) for key, part in value.items()}
    try:
        return Message._made(str(value["template"]), str(value.get("many", "")), tuple(map(from_json, value["with"])))
    except (LookupError, TypeError, ValueError) as error:
        raise ValueError(f"this is no message: {value}") from error


def to_text(text: str) -> str:
    """`text` for a column or a line of text: as it is, or the JSON of a Message that has parts."""
    if not isinstance(text, Message) or not text.arguments:
        return str.__str__(text)
    return json.dumps(to_json(text), ensure_ascii=False, separators=(",", ":"))


def from_text(text: str) -> Message:
    """What `to_text` made; any other text is a Message without parts."""
    if text.startswith('{"template":'):
        try:
            found = from_json(json.loads(text))
        except ValueError:
            found = None
        if isinstance(found, Message):
            return found
    return Message(text)


def _argument(value: object) -> Argument:
    if isinstance(value, str | bool):
        return value
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Real):
        return float(value)
    return words_of(value) if isinstance(value, BaseException) else str(value)


_PLAIN = frozenset({str, Message, int, float, bool})
