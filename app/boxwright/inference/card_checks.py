"""Checks of a detector's card: each point before anything is read with it, a wrong one named in a sentence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, get_args, get_type_hints

from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import Decoder
from boxwright.inference.decoders.options import MOST_LABELS, finite, text, whole
from boxwright.inference.registry import by_name, decoder_names

CardFields = Mapping[str, Any]
"""The JSON form of a card with any of its keys left out."""

_KEYS = ("layout", "kind", "classes", "input", "options", "notes")
_HINTS = get_type_hints(InputSpec)
_MOST_SIDE = 1 << 16
# Beyond these no picture is left of the pixels.
_SCALES = (1e-9, 1e9)
_SHOWN = 60


def check_fields(data: CardFields, where: str) -> None:
    """Raises ModelError naming the first key or value of `data` that a card cannot have; `where` it stands."""
    for key in data:
        if key not in _KEYS:
            raise ModelError(
                "{0}: '{1}' is no point of a card; it has {2}.", where, shown(key), ", ".join(sorted(_KEYS))
            )
    for key, kind in (("input", dict), ("options", dict), ("notes", dict)):
        if key in data and not isinstance(data[key], kind):
            raise ModelError("{0}: '{1}' must be an object.", Message(where), key)
    if "layout" in data:
        if not text(data["layout"]):
            raise ModelError(
                "{0}: 'layout' must be the name of a layout, not '{1}'.", Message(where), shown(data["layout"])
            )
        if data["layout"] not in decoder_names():
            known = ", ".join(decoder_names())
            raise ModelError(
                "{0}: there is no output layout '{1}'; choose one of {2}.", Message(where), shown(data["layout"]), known
            )
    if "kind" in data and data["kind"] not in [str(k) for k in ProbKind]:
        raise ModelError("{0}: 'kind' is one of {1}, not '{2}'.", where, ", ".join(ProbKind), shown(data["kind"]))
    _check_classes(data.get("classes", ()), where)
    for key, value in data.get("input", {}).items():
        _check_input_point(key, value, where)
    for key, value in data.get("notes", {}).items():
        if not text(key) or not isinstance(value, str) or _unwritable(value):
            raise ModelError("{0}: 'notes.{1}' must be text, not '{2}'.", Message(where), shown(key), shown(value))


def _check_classes(classes: Any, where: str) -> None:
    if not isinstance(classes, list | tuple):
        raise ModelError("{0}: 'classes' must be a list.", Message(where))
    if len(classes) > MOST_LABELS:
        raise ModelError(
            "{0}: 'classes' has {1} names, more than the {2} that are taken.", Message(where), len(classes), MOST_LABELS
        )
    for number, name in enumerate(classes):
        if not text(name):
            raise ModelError(
                "{0}: 'classes' must be names, but number {1} is '{2}'.", Message(where), number, shown(name)
            )


def _check_input_point(key: str, value: Any, where: str) -> None:
    if key not in _HINTS:
        raise ModelError("{0}: '{1}' is no point of 'input'; it has {2}.", where, shown(key), ", ".join(sorted(_HINTS)))
    choices = get_args(_HINTS[key])
    if key in ("mean", "std"):
        good = isinstance(value, list | tuple) and len(value) == 3
        good = good and all(finite(v) and abs(v) <= _SCALES[1] for v in value)
        if not good or (key == "std" and any(abs(v) < _SCALES[0] for v in value)):
            raise ModelError("{0}: 'input.{1}' must be three numbers, and no 'std' may be 0.", where, key)
    elif choices:
        if not isinstance(value, str) or value not in choices:
            raise ModelError("{0}: 'input.{1}' is one of {2}, not '{3}'.", where, key, ", ".join(choices), shown(value))
    elif key in ("width", "height"):
        if not whole(value, 1, 1 << 62):
            raise ModelError("{0}: 'input.{1}' must be a whole number of pixels, not '{2}'.", where, key, shown(value))
    elif key == "pad_value":
        if not whole(value, 0, 255):
            raise ModelError(
                "{0}: 'input.{1}' must be a whole number from 0 to 255, not '{2}'.", Message(where), key, shown(value)
            )
    elif not finite(value):
        raise ModelError("{0}: 'input.{1}' must be a number, not '{2}'.", where, key, shown(value))
    elif not _SCALES[0] <= abs(value) <= _SCALES[1]:
        raise ModelError(
            "{0}: 'input.{1}' is {2}, which leaves nothing of a picture; mend it.", Message(where), key, shown(value)
        )


def check_options(options: Mapping[str, Any], layout: str, outputs: Sequence[str], where: str) -> None:
    """Raises ModelError naming the first option that `layout` does not have, whose value it cannot have, or that names
    an output that is not among `outputs`. The layouts of other packages may leave their options open."""
    known = getattr(by_name(layout), "options", None)
    if known is None:
        return
    for key, value in options.items():
        if key not in known:
            has = ", ".join(sorted(known))
            raise ModelError(
                "{0}: 'options.{1}' is no option of the layout '{2}'; it has {3}.",
                Message(where),
                shown(key),
                layout,
                has,
            )
        kind = known[key]
        if not kind.fits(value):
            raise ModelError(
                "{0}: 'options.{1}' must be {2}, not '{3}'.", Message(where), key, Message(kind.words), shown(value)
            )
        names = ([value] if isinstance(value, str) else value) if kind.outputs else []
        for name in (n for n in names if n not in outputs):
            there = ", ".join(outputs)
            raise ModelError(
                "{0}: 'options.{1}' names the output '{2}', but the file has {3}.",
                Message(where),
                key,
                shown(name),
                there,
            )


def check_card(card: DetectorCard, outputs: Sequence[str], where: str) -> Decoder:
    """The decoder of a whole card. Raises ModelError as `check_fields` and `check_options`, and for a kind of class
    vector or a number of classes that the layout does not have."""
    check_fields(card.to_json(), where)
    check_options(card.options, card.layout, outputs, where)
    decoder = by_name(card.layout)
    kinds = getattr(decoder, "kinds", None)
    if kinds is not None and card.kind not in kinds:
        raise ModelError(
            "{0}: 'kind' is {1}, but the layout '{2}' gives {3}; mend it.",
            Message(where),
            card.kind,
            card.layout,
            ", ".join(kinds),
        )
    count = card.options.get("classes", len(card.classes))
    if kinds is not None and count != len(card.classes):
        raise ModelError(
            "{0}: 'options.classes' is {1}, but 'classes' has {2} names; mend one of them.",
            Message(where),
            count,
            len(card.classes),
        )
    return decoder


def shown(value: Any) -> str:
    """`value` in a sentence: short, on one line, in characters that can be written."""
    try:
        words = value if isinstance(value, str) else repr(value)
    except (ValueError, RecursionError):
        # Python refuses to write numbers of thousands of digits.
        words = f"a {type(value).__name__}"
    words = "".join(c if c.isprintable() else "?" for c in words[: _SHOWN + 1])
    return words if len(words) <= _SHOWN else words[: _SHOWN - 1] + "…"


def _unwritable(words: str) -> bool:
    return any("\ud800" <= c <= "\udfff" for c in words)
