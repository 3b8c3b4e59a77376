"""Kinds of pictures that cannot be read here: named, so that nobody thinks their photos were something else."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

from boxwright.domain.messages import Message, plural

HEIC, RAW, JXL, OTHER = "heic", "raw", "jxl", "other"
_ENDINGS = {
    HEIC: ".heic .heif .hif .heics .avci",
    RAW: ".3fr .arw .cr2 .cr3 .crw .dcr .dng .erf .fff .gpr .iiq .kdc .mef .mos .mrw .nef .nrw .orf .pef .raf .raw "
    ".rw2 .rwl .sr2 .srf .srw .x3f",
    JXL: ".jxl",
    OTHER: ".ai .apng .avifs .bpg .cin .dcm .dds .dicom .djvu .dpx .emf .eps .exr .fit .fits .hdr .ico .icns .j2k .jpc "
    ".jpf .jpx .jxr .wdp .hdp .mng .pcx .pfm .pict .psb .psd .qoi .ras .sgi .svg .tga .wbmp .wmf .xbm .xcf .xpm",
}
KINDS = {ending: kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_GLANCE = 5_000


def kind_of(name: str) -> str | None:
    """Which kind of picture that cannot be read a file is by its ending; None for all other files."""
    return KINDS.get(os.path.splitext(name)[1].lower())  # noqa: PTH122 - many times faster than Path.suffix


def glance(folder: Path) -> Counter[str]:
    """The kinds among the files directly in `folder`, the first thousands of them; nothing where it cannot be read."""
    try:
        with os.scandir(folder) as found:
            return Counter(kind for entry in islice(found, _GLANCE) if (kind := kind_of(entry.name)))
    except (OSError, ValueError):
        return Counter()


def unread_words(counts: Mapping[str, int]) -> str:
    """What to do about pictures that cannot be read, by their kind; "" when there are none."""
    parts = [_counted(kind, counts[kind]) for kind in (HEIC, RAW, JXL, OTHER) if counts.get(kind)]
    if not parts:
        return ""
    if sum(counts.values()) == 1:
        return Message("{0} cannot be read: convert it to JPEG.", Message(parts[0]))
    if len(parts) == 1:
        return Message("{0} cannot be read: convert them to JPEG.", Message(parts[0]))
    if len(parts) == 2:
        return Message("{0} and {1} cannot be read: convert them to JPEG.", Message(parts[0]), Message(parts[1]))
    if len(parts) == 3:
        return Message(
            "{0}, {1} and {2} cannot be read: convert them to JPEG.",
            Message(parts[0]),
            Message(parts[1]),
            Message(parts[2]),
        )
    return Message(
        "{0}, {1}, {2} and {3} cannot be read: convert them to JPEG.",
        Message(parts[0]),
        Message(parts[1]),
        Message(parts[2]),
        Message(parts[3]),
    )


def _counted(kind: str, count: int) -> str:
    if kind == HEIC:
        return plural("1 HEIC photo", "{0} HEIC photos", count)
    if kind == RAW:
        return plural("1 raw photo", "{0} raw photos", count)
    if kind == JXL:
        return plural("1 JPEG XL picture", "{0} JPEG XL pictures", count)
    return plural("1 picture of another kind", "{0} pictures of other kinds", count)
