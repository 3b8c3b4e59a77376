"""Dialects of LabelMe's JSON: LabelMe itself, or X-AnyLabeling, whose files are LabelMe's with more keys."""

from __future__ import annotations

import re
from pathlib import Path

from boxwright.formats.json_sniff import ends

LABELME = "labelme"
XANYLABELING = "xanylabeling"
_KEYS = (rb'"shapes"\s*:\s*\[', rb'"image(Path|Data|Height|Width)"\s*:')
# A person's own flags in LabelMe may have these names, but are true or false.
_OWN = re.compile(rb'"(kie_linking|chat_history|vqaData)"\s*:|"score"\s*:\s*[n0-9]|"text"\s*:\s*"')
_VERSION = re.compile(rb'"version"\s*:\s*"(\d+)\.')
_LOW = frozenset({b"0", b"1", b"2", b"3"})


def dialect(file: Path) -> str | None:
    """The format of `file` by its beginning and end; None when it is in neither. Never raises."""
    found = ends(file)
    if found.lstrip()[:1] != b"{" or not all(re.search(key, found) for key in _KEYS):
        return None
    version = _VERSION.search(found)
    # LabelMe wrote the colour of its lines until version 4.
    low = version is not None and version.group(1) in _LOW and b'"lineColor"' not in found
    return XANYLABELING if low or _OWN.search(found) else LABELME
