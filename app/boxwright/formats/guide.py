"""Table of formats in the guide, made from what they declare: `python -m boxwright.formats.guide PAGE`."""

from __future__ import annotations

from collections.abc import Callable

from boxwright.domain.marks import FLAGS
from boxwright.formats.base import ANY_VALUE, Capabilities, Format
from boxwright.formats.registry import BUILT_IN, by_name

BEGIN, END = "<!-- formats: made by python -m boxwright.formats.guide, do not edit -->\n", "<!-- formats: end -->\n"
_YES, _NO = "yes", "–"


def _some(found: frozenset[str], every: frozenset[str]) -> str:
    return "all" if found == every else ", ".join(f"`{word}`" for word in sorted(found)) or _NO


def _classes(can: Capabilities) -> str:
    kept = "numbers" if can.class_ids else "order" if can.class_order else "names"
    return kept if can.unused_classes else f"{kept}, only used ones"


def _images(can: Capabilities) -> str:
    told = [(can.empty_images, "empty"), (can.unlabeled_images, "unlabelled")]
    return ", ".join(word for kept, word in told if kept) or _NO


def _yes(what: str) -> Callable[[Capabilities], str]:
    return lambda can: _YES if getattr(can, what) else _NO


COLUMNS: tuple[tuple[str, Callable[[Capabilities], str]], ...] = (
    ("read", _yes("reads")),
    ("write", _yes("writes")),
    ("images told apart", _images),
    ("splits", _yes("splits")),
    ("classes", _classes),
    ("scores", _yes("scores")),
    ("flags", lambda can: _some(can.flags, frozenset(FLAGS))),
    ("attributes", lambda can: _some(can.attributes, ANY_VALUE)),
    ("tags", _yes("tags")),
    ("notes", _yes("notes")),
    ("provenance", _yes("provenance")),
    ("who confirmed empty", _yes("signed_empty")),
    ("folders in names", _yes("folders")),
    ("turned boxes", lambda can: "upright, told" if can.turned else _NO),
    ("off by at most", lambda can: f"{f'{can.accuracy:f}'.rstrip('0')} px" if can.writes else _NO),
)


def format_table() -> str:
    """Markdown: a row for each built-in format, a column for each thing that one can hold."""
    lines = [f"| format | name | {' | '.join(title for title, _ in COLUMNS)} |", "|---" * (len(COLUMNS) + 2) + "|"]
    return "\n".join([*lines, *map(_row, map(by_name, BUILT_IN))]) + "\n"


def with_table(page: str) -> str:
    """`page` with the table as it is now between its two marks. Raises ValueError when it lacks them."""
    before, mark, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not mark or not end:
        raise ValueError("the page has no place for the table")
    return f"{before}{BEGIN}\n{format_table()}\n{END}{after}"


def _row(known: Format) -> str:
    cells = (told(known.capabilities) for _, told in COLUMNS)
    return f"| {known.title.partition(' (')[0]} | `{known.name}` | {' | '.join(cells)} |"


if __name__ == "__main__":
    import sys
    from pathlib import Path

    file = Path(sys.argv[1])
    file.write_text(with_table(file.read_text(encoding="utf-8")), encoding="utf-8")
