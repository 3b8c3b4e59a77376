"""Safe names inside a target folder on every system, which stay what they were wherever that is possible."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from boxwright.domain.names import file_key

IMAGE_SUFFIXES = frozenset(
    {".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".tif", ".tiff", ".webp", ".gif", ".ppm", ".pgm", ".pbm",
     ".pnm", ".jp2", ".avif"}
)  # fmt: skip
_RESERVED = frozenset('<>:"|?*\\')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{d}{n}" for d in ("com", "lpt") for n in range(1, 10))})
_LONGEST = 200
# Nearly every name is safe as it is.
_PLAIN_PART = r"[0-9A-Za-z_-](?:[0-9A-Za-z_. -]*[0-9A-Za-z_-])?"
_PLAIN = re.compile(rf"(?:{_PLAIN_PART}/)*{_PLAIN_PART}")
_DEVICE = re.compile(rf"(?:^|/)(?:{'|'.join(sorted(_DEVICES))}) *(?:[./]|$)", re.IGNORECASE)


def is_image_name(name: str) -> bool:
    return _suffix(name).lower() in IMAGE_SUFFIXES


def _suffix(path: str) -> str:
    """As `PurePosixPath(path).suffix`, at a tenth of the time: an export names a hundred thousand files."""
    name = path.rstrip("/").rsplit("/", 1)[-1]
    dot = name.rfind(".")
    return name[dot:] if 0 < dot < len(name) - 1 else ""


def clean_reference(text: str) -> str:
    """A file name found in a dataset as a relative path with forward slashes that climbs nowhere: drive letters, a
    leading slash, `.` and `..` are gone, so that it can only be looked for, never followed. "" when nothing is left."""
    # A blank may be the first or the last sign of a name.
    path = text.replace("\\", "/").strip("\t\r\n")
    if len(path) > 1 and path[1] == ":" and path[0].isalpha():
        path = path[2:]
    return "/".join(part for part in path.split("/") if part not in ("", ".", "..") and "\0" not in part)


def safe_name(path: str) -> str:
    """`path` as a relative path every file system takes: what Windows reserves, control characters and bytes that were
    no text become `_`, no part is `..`, a device's name, hidden (a leading dot), ends in a dot or a space, or is longer
    than 200 bytes."""
    if len(path) <= _LONGEST and _PLAIN.fullmatch(path) and not _DEVICE.search(path):
        return path
    parts = [_safe_part(part) for part in path.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return "/".join(parts) or "_"


def unique_names(paths: Iterable[str]) -> list[str]:
    """A safe name for each of `paths`, in order. No two share a name without its suffix, as label files are named by
    that, nor differ only by case or by the way an accent is encoded; a later one gets `-2`, `-3` and so on."""
    taken: set[str] = set()
    names = []
    for path in paths:
        name = safe_name(path)
        suffix = _suffix(name)
        if suffix.lower() not in IMAGE_SUFFIXES:
            suffix = ""
        stem = name[: len(name) - len(suffix)]
        count, candidate, key = 1, stem, file_key(stem)
        while key in taken:
            count += 1
            candidate = f"{stem}-{count}"
            key = file_key(candidate)
        taken.add(key)
        names.append(candidate + suffix)
    return names


def flat_names(paths: Sequence[str]) -> list[str]:
    """As `unique_names`, without folders: most loaders look into one folder only, and one of them called `images` leads
    YOLO's rule for finding labels astray. A name that two folders have gets the folders before it, joined by `_`."""
    safe = [safe_name(path) for path in paths]
    last = [name.rsplit("/", 1)[-1] for name in safe]
    count = Counter(file_key(stem_of(name)) for name in last)
    return unique_names(
        name if count[file_key(stem_of(name))] == 1 else whole.replace("/", "_")
        for name, whole in zip(last, safe, strict=True)
    )


def stem_of(path: str) -> str:
    """`path` without an image suffix; a dot that ends no image suffix is part of the stem."""
    return path[: -len(_suffix(path))] if is_image_name(path) else path


def _safe_part(part: str) -> str:
    text = "".join("_" if c in _RESERVED or unicodedata.category(c) in ("Cc", "Cs", "Zl", "Zp") else c for c in part)
    suffix = _suffix(text) if is_image_name(text) else ""
    stem = text[: len(text) - len(suffix)]
    if not suffix:
        stem = stem.rstrip(". ")
    while len((stem + suffix).encode()) > _LONGEST:
        stem = stem[:-1]
    text = stem + suffix or "_"
    if text.startswith("."):
        text = "_" + text[1:]
    return f"_{text}" if text.split(".")[0].strip().lower() in _DEVICES else text
