"""Share of a file's outputs that a guess explains: what nobody accounts for makes the guess less sure."""

from __future__ import annotations

from dataclasses import replace

from boxwright.domain.messages import Message
from boxwright.inference.decoders.base import LayoutGuess
from boxwright.inference.spec import ModelSpec

_SHOWN = 4


def weighed(guess: LayoutGuess, spec: ModelSpec) -> LayoutGuess:
    """`guess` as sure as the share of the outputs that it reads or knows, with a reason that names the others."""
    known = set(guess.also)
    for value in guess.options.values():
        known.update([value] if isinstance(value, str) else value if isinstance(value, list) and _texts(value) else [])
    names = [o.name for o in spec.outputs]
    left = [name for name in names if name not in known]
    if not left:
        return guess
    shown = ", ".join(left[:_SHOWN]) + (", …" if len(left) > _SHOWN else "")
    reason = Message("it does not explain {0} of {1} outputs: {2}", len(left), len(names), shown)
    share = (len(names) - len(left)) / len(names)
    return replace(guess, confidence=guess.confidence * share, reasons=(*guess.reasons, reason))


def _texts(values: list[object]) -> bool:
    return all(isinstance(v, str) for v in values)
