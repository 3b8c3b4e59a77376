"""Inspection of a detector file: ranked guesses of its layout, the card as far as known, and what a person must say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.card import DetectorCard
from boxwright.domain.class_lists import lists_of
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message, joined
from boxwright.inference.card_checks import CardFields, check_card, check_fields, check_options, shown
from boxwright.inference.cards import card_path, carried_fields, load_fields, merged, overlaid
from boxwright.inference.decoders.base import (
    ANCHORS,
    BOX_ORDER,
    BOX_UNITS,
    CELL_OFFSET,
    CHANNEL_ORDER,
    CLASS_NAMES,
    DISTANCE_UNITS,
    NORMALISATION,
    RESIZE_RULE,
    ROW_ORDER,
    LayoutGuess,
)
from boxwright.inference.decoders.kept import FIRST_CLASS
from boxwright.inference.explained import weighed
from boxwright.inference.probe import probe
from boxwright.inference.refusals import OTHER_TASKS, are_anchored, unrecognised
from boxwright.inference.registry import by_name, decoders
from boxwright.inference.session import OpenSession, open_session
from boxwright.inference.spec import ModelSpec, TensorSpec

LAYOUT = "layout"
ASSUMED = "assumed"
"""The note of a card that names what neither the file nor a person said."""

# Below this a guess is a mere possibility.
_ENOUGH = 0.25
_DOUBTFUL = 0.6
# Two guesses nearer than this are not told apart.
_APART = 0.12

OPTION_OF = {
    BOX_UNITS: "normalised",
    BOX_ORDER: "boxes",
    ROW_ORDER: "order",
    CELL_OFFSET: "offset",
    DISTANCE_UNITS: "distances",
    ANCHORS: "anchors",
    FIRST_CLASS: "first_label",
}
"""The option of a card that says an unknown point."""

# What the entry of a background is called in lists of classes; also what a class may be called.
_BACKGROUND = {"background", "__background__", "bg", "no-object", "no object", "no_object", "none", "n/a", "na", "void"}


@dataclass(frozen=True, eq=False)
class Inspection:
    """Result of an inspection.

    `guesses`: best first. `card`: the best guess with everything that was said on top, None when no layout fits;
    its `classes` are empty when nobody named them. `unknown`: what a person must say. `problem`: one sentence that
    keeps the file from being used, "" when nothing does. `to_say`: one about a point without which the boxes may be
    nonsense, so that the file is not taken before a person has said it, "" when there is none.
    """

    file: str
    spec: ModelSpec
    guesses: tuple[LayoutGuess, ...]
    card: DetectorCard | None
    class_count: int | None
    unknown: tuple[str, ...]
    problem: str
    to_say: str = ""

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        return (self.spec.image, *self.spec.sizes)

    def usable_card(self) -> DetectorCard:
        """The whole card. Raises ModelError when the file cannot be used yet, saying what to do."""
        if self.problem or self.card is None:
            raise ModelError(self.problem)
        return self.card

    def settled_card(self) -> DetectorCard:
        """As `usable_card`, for a file that a person chose; also raises ModelError for a point that must be said. What
        was taken for granted is in its notes."""
        card = self.usable_card()
        if self.to_say:
            raise ModelError(self.to_say)
        assumed = ", ".join(p for p in self.unknown if p != CLASS_NAMES)
        return replace(card, notes={**card.notes, ASSUMED: assumed}) if assumed else card


def inspect_model(path: Path, said: CardFields | None = None, pictures: Iterable[NDArray[np.uint8]] = ()) -> Inspection:
    """Inspect the ONNX file `path`; the card beside it and then `said` override what is guessed. `pictures`: (H,W,3)
    BGR uint8, tried where the file keeps no box of a plain one.

    Raises ModelError when it cannot be opened or run, or when `said` holds what a card cannot.
    """
    path = Path(path)
    return inspect_session(open_session(path, "cpu"), path, said, pictures)


def inspect_session(
    opened: OpenSession,
    path: Path,
    said: CardFields | DetectorCard | None = None,
    pictures: Iterable[NDArray[np.uint8]] = (),
) -> Inspection:
    """As `inspect_model`, for a session that is open."""
    extra: CardFields = said.to_json() if isinstance(said, DetectorCard) else (said or {})
    if not isinstance(said, DetectorCard):
        check_fields(extra, Message("The options given"))
    layers = (
        ("", carried_fields(opened.raw_metadata, path.name)),
        (Message("The card {0}", card_path(path).name), load_fields(path)),
        (Message("The options given"), extra),
    )
    told = merged(merged(layers[0][1], layers[1][1]), extra)
    given = tuple(str(c) for c in told.get("classes", ()))
    spec = probe(opened, path.name, pictures)
    layout = told.get("layout")
    spec, names, guesses = _settled(spec, given or spec.metadata.names, layout)
    # What is that unsure is no better than knowing that the anchors are missing.
    if not layout and guesses and guesses[0].confidence < _DOUBTFUL and are_anchored(spec):
        guesses = ()
    if not guesses:
        return Inspection(path.name, spec, (), None, None, (LAYOUT,), unrecognised(path.name, spec, layout))
    best = guesses[0]
    card = DetectorCard(best.layout, best.kind, names, best.input, dict(best.options))
    told["options"] = _said_options(layers, best, [o.name for o in spec.outputs])
    card = overlaid(card, {k: v for k, v in told.items() if k != "classes"})
    unknown = _unknown(guesses, told, names, layout)
    problem = _problem(path.name, spec, guesses, names, unknown)
    if not problem:
        check_card(
            card,
            [o.name for o in spec.outputs],
            layers[1][0] if layers[1][1] else Message("The card of {0}", path.name),
        )
    to_say = _to_say(path.name, best, unknown)
    return Inspection(path.name, spec, guesses, card, best.class_count, unknown, problem, to_say)


def _said_options(layers: tuple[tuple[str, CardFields], ...], best: LayoutGuess, outputs: list[str]) -> dict[str, Any]:
    """The options that were said, the last one's on top, without those that were meant for another layout. Raises
    ModelError for one that the layout cannot have; what the file carries of that kind is left out."""
    said: dict[str, Any] = {}
    for where, fields in layers:
        options = fields.get("options", {})
        if fields.get("layout", best.layout) != best.layout:
            continue
        try:
            check_options(options, best.layout, outputs, where)
        except ModelError:
            if where:
                raise
            continue
        said |= options
    return said


def _settled(
    spec: ModelSpec, names: tuple[str, ...], layout: str | None
) -> tuple[ModelSpec, tuple[str, ...], tuple[LayoutGuess, ...]]:
    """The guesses with what they were made from. A name such as `background` is a class like any other, but where the
    layout has a column or a label for the background; which of both it is the outputs tell."""
    first = spec.metadata.first_label if spec.metadata.names else None
    plain = replace(spec, first_label=first)
    if spec.metadata.task in OTHER_TASKS:
        return plain, names, ()
    guesses = _counted(plain, (len(spec.metadata.names), len(names)), layout)
    bare, label = _without_background(names)
    if label is None:
        return plain, names, guesses
    marked = replace(spec, first_label=label)
    others = _counted(marked, (len(bare),), layout)
    if _better(others, guesses, bare, names) or (guesses and _counts_from_background(plain, guesses[0], label)):
        return marked, bare, others
    return plain, names, guesses


def _without_background(names: tuple[str, ...]) -> tuple[tuple[str, ...], int | None]:
    """Names without a background entry and the label number that the first of them then has; None without one."""
    if names and names[0].strip().lower() in _BACKGROUND:
        return names[1:], 1
    if names and names[-1].strip().lower() in _BACKGROUND:
        return names[:-1], 0
    return names, None


def _better(
    others: tuple[LayoutGuess, ...], guesses: tuple[LayoutGuess, ...], bare: tuple[str, ...], names: tuple[str, ...]
) -> bool:
    """Whether only the shorter list fits the columns, or fits them in a likelier layout."""
    short = others[0].confidence if others and others[0].class_count == len(bare) > 0 else 0.0
    full = guesses[0].confidence if guesses and guesses[0].class_count == len(names) else 0.0
    return short > full + _APART


def _counts_from_background(spec: ModelSpec, guess: LayoutGuess, label: int) -> bool:
    """Whether a layout that tells no number of classes numbers the background as well: it counts from 1 by convention,
    the background stands first, and no exporter says otherwise."""
    if guess.class_count is not None or label != 1 or spec.metadata.exporter_conventions:
        return False
    told = replace(spec, first_label=None)
    again = next((g for g in _ranked(told, guess.layout)), None)
    return again is not None and again.options.get("first_label") == 1


def _counted(spec: ModelSpec, counts: tuple[int, ...], layout: str | None) -> tuple[LayoutGuess, ...]:
    """The guesses that the number of classes allows: the first of `counts` that fits, 0 for one that nobody said. When
    none fits, the names may be the wrong ones, and the layout is told without them."""
    guesses: tuple[LayoutGuess, ...] = ()
    for count in dict.fromkeys(counts):
        if count:
            guesses = _ranked(replace(spec, class_count=count), layout)
            if guesses and guesses[0].confidence >= _ENOUGH:
                return guesses
    return _ranked(spec, layout) or guesses


def _ranked(spec: ModelSpec, layout: str | None) -> tuple[LayoutGuess, ...]:
    chosen = [by_name(layout)] if layout else list(decoders())
    guesses = [weighed(g, spec) for g in (d.guess(spec) for d in chosen) if g is not None]
    return tuple(sorted(guesses, key=lambda g: -g.confidence))


def _unknown(
    guesses: tuple[LayoutGuess, ...], told: CardFields, names: tuple[str, ...], layout: str | None
) -> tuple[str, ...]:
    best = guesses[0]
    points: list[str] = []
    rival = guesses[1].confidence if len(guesses) > 1 else 0.0
    if layout is None and (best.confidence < _ENOUGH or best.confidence - rival < _APART):
        points.append(LAYOUT)
    said = set(told.get("input", {}))
    options = told.get("options", {})
    settled = {
        NORMALISATION: bool(said & {"scale", "mean", "std"}),
        CHANNEL_ORDER: "channels" in said,
        RESIZE_RULE: "resize" in said,
        **{point: option in options for point, option in OPTION_OF.items()},
    }
    points += [p for p in best.unknown if not settled.get(p, False)]
    if not names:
        points.append(CLASS_NAMES)
    return tuple(points)


def _to_say(file: str, best: LayoutGuess, unknown: tuple[str, ...]) -> str:
    if ROW_ORDER not in unknown:
        return ""
    return Message(
        "{0} keeps no box of the pictures tried, so that nothing tells the order of a row; say it, as it may be "
        "--option 'order={1}'.",
        file,
        best.options["order"],
    )


def _problem(
    file: str, spec: ModelSpec, guesses: tuple[LayoutGuess, ...], names: tuple[str, ...], unknown: tuple[str, ...]
) -> str:
    best = guesses[0]
    if LAYOUT in unknown:
        return _undecided(file, guesses)
    if not names:
        return _nameless(file, best.class_count)
    own = spec.metadata.names
    expected = best.class_count if best.class_count is not None else (len(own) or len(names))
    if expected == len(names):
        return ""
    if len(own) == expected:
        return Message(
            "{0} has {1} classes ({2}), but {3} names were given ({4}); "
            "give exactly the list that it was trained on, in order.",
            file,
            expected,
            _listed(own),
            len(names),
            _listed(names),
        )
    return Message(
        "{0} has {1} classes, but {2} names were given ({3}); give exactly the list that it was trained on, in order.",
        file,
        expected,
        len(names),
        _listed(names),
    )


def _nameless(file: str, class_count: int | None) -> str:
    count = Message("its {0} classes", class_count) if class_count else Message("its classes")
    give = Message("{0} does not name {1}; give them in order with --classes a,b,c or --classes FILE.", file, count)
    keys = [f"--classes {known.key}" for known in lists_of(class_count)]
    if not keys:
        return give
    titles = joined(", ", dict.fromkeys(known.title for known in lists_of(class_count)))
    return joined(" ", (give, Message("They may be those of {0}: {1}.", titles, ", ".join(keys))))


def _undecided(file: str, guesses: tuple[LayoutGuess, ...]) -> str:
    best = guesses[0]
    near = [g for g in guesses if best.confidence - g.confidence < _APART]
    if len(near) > 1:
        listed = ", ".join(f"{g.layout} ({g.confidence:.0%} sure)" for g in near)
        return Message(
            "{0} can be read in more than one way: {1}; name its classes with --classes, or say --layout.", file, listed
        )
    why = best.reasons[-1]
    return Message(
        "{0} may be '{1}', but that is only {2:.0%} sure ({3}); say --layout "
        "{1} if it is, or export it in a layout of the guide.",
        file,
        best.layout,
        best.confidence,
        Message(why),
    )


def _listed(names: tuple[str, ...], most: int = 12) -> str:
    listed = ", ".join(shown(n) for n in names[:most])
    return Message("{0}, … {1} more", listed, len(names) - most) if len(names) > most else listed
