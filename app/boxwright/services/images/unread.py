"""Pictures that this program cannot read: named, so that nobody thinks their photos were taken for something else."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping
from itertools import islice
from pathlib import Path

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
        return f"{parts[0]} cannot be read: convert it to JPEG."
    if len(parts) == 1:
        return f"{parts[0]} cannot be read: convert them to JPEG."
    if len(parts) == 2:
        return f"{parts[0]} and {parts[1]} cannot be read: convert them to JPEG."
    if len(parts) == 3:
        return f"{parts[0]}, {parts[1]} and {parts[2]} cannot be read: convert them to JPEG."
    return f"{parts[0]}, {parts[1]}, {parts[2]} and {parts[3]} cannot be read: convert them to JPEG."


def _counted(kind: str, count: int) -> str:
    if kind == HEIC:
        return "1 HEIC photo" if count == 1 else f"{count} HEIC photos"
    if kind == RAW:
        return "1 raw photo" if count == 1 else f"{count} raw photos"
    if kind == JXL:
        return "1 JPEG XL picture" if count == 1 else f"{count} JPEG XL pictures"
    return "1 picture of another kind" if count == 1 else f"{count} pictures of other kinds"
