"""What a detector file is: ranked guesses about its layout, the card as far as known, and what a person must say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from boxwright.domain.card import DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.inference.cards import CardFields, carried_fields, check_fields, load_fields, merged, overlaid
from boxwright.inference.decoders.base import CLASS_NAMES, Guess
from boxwright.inference.probe import probe
from boxwright.inference.registry import by_name, decoder_names, decoders
from boxwright.inference.session import OpenSession, open_session
from boxwright.inference.spec import ModelSpec, TensorSpec

LAYOUT = "layout"

# Below this a guess is a mere possibility.
_ENOUGH = 0.25
# Two guesses nearer than this are not told apart.
_APART = 0.12

# The `task` that exporters write, where the outputs look like a detector's but are none.
_OTHER_TASKS = {"obb": "rotated boxes", "classify": "whole pictures without boxes", "semantic": "areas without boxes"}

# What the entry of a background is called in lists of classes; also what a class may be called.
_BACKGROUND = {"background", "__background__", "bg", "no-object", "no object", "no_object", "none", "n/a", "na", "void"}


@dataclass(frozen=True, eq=False)
class Inspection:
    """`guesses`: best first. `card`: the best guess with everything that was said on top, None when no layout fits;
    its `classes` are empty when nobody named them. `unknown`: what a person must say. `problem`: one sentence that
    keeps the file from being used, "" when nothing does."""

    file: str
    spec: ModelSpec
    guesses: tuple[Guess, ...]
    card: DetectorCard | None
    class_count: int | None
    unknown: tuple[str, ...]
    problem: str

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        return (self.spec.image, *self.spec.sizes)

    def usable_card(self) -> DetectorCard:
        """The whole card. Raises ModelError when the file cannot be used yet, saying what to do."""
        if self.problem or self.card is None:
            raise ModelError(self.problem)
        return self.card


def inspect_model(path: Path, said: CardFields | None = None) -> Inspection:
    """Inspect the ONNX file `path`; the card beside it and then `said` override what is guessed.

    Raises ModelError when it cannot be opened or run, or when `said` holds what a card cannot.
    """
    path = Path(path)
    return inspect_session(open_session(path, "cpu"), path, said)


def inspect_session(opened: OpenSession, path: Path, said: CardFields | DetectorCard | None = None) -> Inspection:
    """As `inspect_model`, for a session that is open."""
    extra: CardFields = said.to_json() if isinstance(said, DetectorCard) else (said or {})
    if not isinstance(said, DetectorCard):
        check_fields(extra, "The options given")
    told = merged(merged(carried_fields(opened.raw_metadata, path.name), load_fields(path)), extra)
    given = tuple(str(c) for c in told.get("classes", ()))
    spec = probe(opened, path.name)
    layout = told.get("layout")
    spec, names, guesses = _settled(spec, given or spec.metadata.names, layout)
    if not guesses:
        return Inspection(path.name, spec, (), None, None, (LAYOUT,), _unrecognised(path.name, spec, layout))
    best = guesses[0]
    card = DetectorCard(best.layout, best.kind, names, best.input, dict(best.options))
    card = overlaid(card, {k: v for k, v in told.items() if k != "classes"})
    unknown = _unknown(guesses, told, names, layout)
    return Inspection(path.name, spec, guesses, card, best.class_count, unknown, _problem(path.name, spec, best, names))


def _settled(
    spec: ModelSpec, names: tuple[str, ...], layout: str | None
) -> tuple[ModelSpec, tuple[str, ...], tuple[Guess, ...]]:
    """The guesses with what they were made from. A name such as `background` is a class like any other, but where the
    layout has a column or a label for the background; which of both it is the outputs tell."""
    first = spec.metadata.first_label if spec.metadata.names else None
    plain = replace(spec, first_label=first)
    if spec.metadata.task in _OTHER_TASKS:
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
    others: tuple[Guess, ...], guesses: tuple[Guess, ...], bare: tuple[str, ...], names: tuple[str, ...]
) -> bool:
    """Whether only the shorter list fits the columns, or fits them in a likelier layout."""
    short = others[0].confidence if others and others[0].class_count == len(bare) > 0 else 0.0
    full = guesses[0].confidence if guesses and guesses[0].class_count == len(names) else 0.0
    return short > full + _APART


def _counts_from_background(spec: ModelSpec, guess: Guess, label: int) -> bool:
    """Whether a layout that tells no number of classes numbers the background as well: it counts from 1 by convention,
    the background stands first, and no exporter says otherwise."""
    if guess.class_count is not None or label != 1 or spec.metadata.exporter_conventions:
        return False
    told = replace(spec, first_label=None)
    again = next((g for g in _ranked(told, guess.layout)), None)
    return again is not None and again.options.get("first_label") == 1


def _counted(spec: ModelSpec, counts: tuple[int, ...], layout: str | None) -> tuple[Guess, ...]:
    """The guesses that the number of classes allows: the first of `counts` that fits, 0 for one that nobody said. When
    none fits, the names may be the wrong ones, and the layout is told without them."""
    guesses: tuple[Guess, ...] = ()
    for count in dict.fromkeys(counts):
        if count:
            guesses = _ranked(replace(spec, class_count=count), layout)
            if guesses and guesses[0].confidence >= _ENOUGH:
                return guesses
    return _ranked(spec, layout) or guesses


def _ranked(spec: ModelSpec, layout: str | None) -> tuple[Guess, ...]:
    chosen = [by_name(layout)] if layout else list(decoders())
    guesses = [g for g in (d.guess(spec) for d in chosen) if g is not None]
    return tuple(sorted(guesses, key=lambda g: -g.confidence))


def _unknown(
    guesses: tuple[Guess, ...], told: CardFields, names: tuple[str, ...], layout: str | None
) -> tuple[str, ...]:
    best = guesses[0]
    points: list[str] = []
    rival = guesses[1].confidence if len(guesses) > 1 else 0.0
    if layout is None and (best.confidence < _ENOUGH or best.confidence - rival < _APART):
        points.append(LAYOUT)
    said = set(told.get("input", {}))
    settled = {
        "normalisation": bool(said & {"scale", "mean", "std"}),
        "channel order": "channels" in said,
        "resize rule": "resize" in said,
        "box units": "normalised" in told.get("options", {}),
        "number of the first class": "first_label" in told.get("options", {}),
    }
    points += [p for p in best.unknown if not settled.get(p, False)]
    if not names:
        points.append(CLASS_NAMES)
    return tuple(points)


def _unrecognised(file: str, spec: ModelSpec, layout: str | None) -> str:
    if spec.metadata.task in _OTHER_TASKS:
        return f"{file} was made for {_OTHER_TASKS[spec.metadata.task]}; export a detector of upright boxes instead."
    shown = "; ".join(f"{o.name} {list(o.shape)}" for o in spec.outputs)
    if layout:
        return f"{file} cannot be read as '{layout}': its outputs are {shown}."
    known = ", ".join(decoder_names())
    return f"The outputs of {file} fit no known layout ({shown}); the known ones are {known}."


def _problem(file: str, spec: ModelSpec, best: Guess, names: tuple[str, ...]) -> str:
    if not names:
        count = f"its {best.class_count} classes" if best.class_count else "its classes"
        return f"{file} does not name {count}; give them in order with --classes a,b,c or --classes FILE."
    own = spec.metadata.names
    expected = best.class_count if best.class_count is not None else (len(own) or len(names))
    if expected == len(names):
        return ""
    theirs = f" ({_listed(own)})" if len(own) == expected else ""
    return (
        f"{file} has {expected} classes{theirs}, but {len(names)} names were given ({_listed(names)}); "
        "give exactly the list that it was trained on, in order."
    )


def _listed(names: tuple[str, ...], most: int = 12) -> str:
    more = f", … {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more
