"""Report of an inspection, for programs and for people."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from boxwright.domain.class_lists import ClassList, lists_of
from boxwright.inference.inspect import Inspection


def inspection_json(inspection: Inspection) -> dict[str, Any]:
    """JSON types. `layout`, `kind` and `input` are null when no layout fits; `classes` is empty when nobody named
    them, and `class_count` says how many there are if the outputs tell."""
    card = inspection.card
    return {
        "file": inspection.file,
        "layout": card.layout if card else None,
        "confidence": round(inspection.guesses[0].confidence, 3) if inspection.guesses else 0.0,
        "kind": str(card.kind) if card else None,
        "classes": list(card.classes) if card else [],
        "may_be": [known.key for known in _may_be(inspection)],
        "class_count": inspection.class_count or (len(card.classes) if card and card.classes else None),
        "input": asdict(card.input) if card else None,
        "options": dict(card.options) if card else {},
        "unknown": list(inspection.unknown),
        "problem": inspection.problem or inspection.to_say or None,
        "guesses": [
            {"layout": g.layout, "confidence": round(g.confidence, 3), "kind": str(g.kind), "reasons": list(g.reasons)}
            for g in inspection.guesses
        ],
        "inputs": [{"name": t.name, "shape": list(t.shape), "type": t.dtype} for t in inspection.inputs],
        "outputs": [
            {"name": o.name, "shape": list(o.declared), "type": str(o.sample.dtype)} for o in inspection.spec.outputs
        ],
    }


def _may_be(inspection: Inspection) -> tuple[ClassList, ...]:
    nameless = inspection.card is not None and not inspection.card.classes
    return lists_of(inspection.class_count) if nameless else ()


def inspection_text(inspection: Inspection) -> str:
    """A few lines."""
    card = inspection.card
    if card is None:
        return inspection.problem
    best, spec = inspection.guesses[0], card.input
    count = inspection.class_count or len(card.classes)
    names = ", ".join(card.classes[:8]) + (", …" if len(card.classes) > 8 else "")
    lines = [
        f"layout     {card.layout} ({best.confidence:.0%} sure): {'; '.join(best.reasons)}",
        f"kind       {card.kind}",
        f"classes    {count or 'unknown number'}{f': {names}' if names else ' without names'}",
        f"input      {spec.width} x {spec.height} {spec.channels.upper()} {spec.dtype} {spec.layout.upper()}, "
        f"{spec.resize}, (x * {spec.scale:.6g} - {list(spec.mean)}) / {list(spec.std)}",
    ]
    others = ", ".join(f"{g.layout} {g.confidence:.0%}" for g in inspection.guesses[1:])
    if others:
        lines.append(f"or else    {others}")
    if inspection.unknown:
        lines.append(f"unknown    {', '.join(inspection.unknown)}")
    if inspection.problem or inspection.to_say:
        lines.append(inspection.problem or inspection.to_say)
    return "\n".join(lines)
