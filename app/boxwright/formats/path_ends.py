"""Comparison of paths by their ends: whether a path that a dataset names can be a file that lies elsewhere."""

from __future__ import annotations

import re
from dataclasses import dataclass

from boxwright.domain.names import file_key
from boxwright.formats.names import safe_name
from boxwright.formats.splits import split_named

Parts = tuple[str, ...]
"""The folders of a path and its last name, as `parts_of` gives them."""

_LAYOUT = re.compile(
    r"(images?|imgs?|jpegimages|pictures?|photos?|frames?|data|dataset|default|obj|obj_train_data|raw|export)"
    r"|(labels?|annotations?|ann|anno|gt)([ _.-].*|\d*)"
)
"""Folders that say how a dataset is laid out, not which image is meant."""


@dataclass(frozen=True, slots=True)
class Fit:
    """How well two paths agree.

    `shared`: last parts that are the same. `agrees`: no folder says that these are two images. `whole`: every folder
    of the wanted path that means something is there. `above`: so is the one that lies right above the other's own.
    """

    shared: int
    agrees: bool
    whole: bool
    above: bool


def parts_of(path: str) -> Parts:
    """As an export would have written it, so that a name it had to change is still known."""
    return tuple(file_key(safe_name(path)).split("/"))


def fit(wanted: Parts, other: Parts, own: int) -> Fit:
    """How well `wanted` fits `other`, whose last `own` parts are its path below a folder that may be called anything.

    Folders that differ there rule each other out, `right/1.jpg` and `left/1.jpg`, but for those of a layout. What one
    path has and the other ends before says nothing.
    """
    told, mine = _telling(wanted), _telling(other[-own:])
    same = _shared(told, mine)
    outer = _telling((*other[:-own], ""))[:-1]
    split, its = _split(wanted), _split(other[-own:])
    return Fit(
        shared=_shared(wanted, other),
        agrees=same in (len(told), len(mine)) and (split is None or its is None or split == its),
        whole=same == len(told),
        above=same == len(mine) < len(told) and bool(outer) and told[-same - 1] == outer[-1],
    )


def _telling(parts: Parts) -> Parts:
    return (*(p for p in parts[:-1] if not _LAYOUT.fullmatch(p) and split_named(p) is None), parts[-1])


def _split(parts: Parts) -> object:
    return next((found for part in reversed(parts[:-1]) if (found := split_named(part)) is not None), None)


def _shared(a: Parts, b: Parts) -> int:
    count = 0
    for x, y in zip(reversed(a), reversed(b), strict=False):
        if x != y:
            break
        count += 1
    return count
