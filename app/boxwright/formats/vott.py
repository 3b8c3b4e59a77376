"""VoTT, the Visual Object Tagging Tool: a project's export, or a JSON file an image as the tool keeps it; only read.

The export `NAME-export.json` holds `tags` and `assets`, by their ids; the files `ID-asset.json` hold one asset each. A
region has one or more tags and its box as left, top, width, height in pixels. An asset whose state says that nobody
tagged it is one that nobody has labelled.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message
from boxwright.formats.base import Capabilities, Format, FormatGuess
from boxwright.formats.checks import Reporter, declared_side, number
from boxwright.formats.coco import json_files
from boxwright.formats.coco_json import load
from boxwright.formats.dataset import Dataset, DatasetImage, Problem
from boxwright.formats.finding import relative_to
from boxwright.formats.gathering import Gathered
from boxwright.formats.json_sniff import ends
from boxwright.formats.names import clean_reference
from boxwright.formats.outlines import Corners, bounds
from boxwright.formats.text import clean_label

# `AssetState` of VoTT: 2 is tagged; 1 was opened, 0 was not.
_TAGGED = 2


class VoTT(Format):
    name = "vott"
    title = "VoTT (JSON)"
    capabilities = Capabilities(accuracy=0.0, folders=True, unused_classes=False, writes=False)

    def recognise(self, path: Path) -> FormatGuess | None:
        file = next(_files(path), None)
        if file is None:
            return None
        what = "a JSON file of VoTT assets"
        return FormatGuess(
            self.name, 0.95, what if file == path else Message("holds {0}, {1}", relative_to(file, path), Message(what))
        )

    def read(self, path: Path, problems: list[Problem]) -> Dataset:
        files = list(_files(path))
        if not files:
            raise FormatError("{0} holds no file of VoTT (JSON with assets and regions).", path)
        gathered = Gathered(path, problems)
        for file in files:
            _read(file, gathered)
        return gathered.dataset()


def _files(path: Path) -> Iterator[Path]:
    """The exports, or else the files of single assets: a folder with both says everything twice."""
    files = [path] if path.is_file() else list(json_files(path))
    whole = [file for file in files if _is_export(file)]
    return iter(whole or [file for file in files if _is_asset(file)])


def _is_export(file: Path) -> bool:
    text = ends(file)
    return b'"assets"' in text and b'"regions"' in text and b'"asset"' in text


def _is_asset(file: Path) -> bool:
    text = ends(file)
    return b'"asset"' in text and b'"regions"' in text and b'"assets"' not in text


def _read(file: Path, gathered: Gathered) -> None:
    reporter = gathered.reporter(file)
    try:
        content, _ = load(file, reporter)
    except FormatError as error:
        reporter.say(None, str(error), Message("JSON cannot be read"))
        return
    if not isinstance(content, dict):
        raise FormatError("{0} is no file of VoTT: it should hold one JSON object.", file)
    tags = content.get("tags")
    for tag in tags if isinstance(tags, list) else ():
        if isinstance(tag, dict) and isinstance(tag.get("name"), str):
            gathered.label(tag["name"])
    assets = content.get("assets", [content])
    for entry in assets.values() if isinstance(assets, dict) else assets if isinstance(assets, list) else ():
        if isinstance(entry, dict) and isinstance(entry.get("asset"), dict):
            _asset(entry["asset"], entry.get("regions"), file, gathered, reporter)
        else:
            reporter.say(None, Message("An entry is no asset; left out."), Message("broken image entry"))


def _asset(asset: Mapping[str, Any], regions: Any, file: Path, gathered: Gathered, reporter: Reporter) -> None:
    raw = asset.get("path") if isinstance(asset.get("path"), str) else asset.get("name")
    named = clean_reference(unquote(str(raw or "")).removeprefix("file:"))
    if not named:
        reporter.say(None, Message("An asset names no file; left out."), Message("broken image entry"))
        return
    size = asset.get("size")
    sides = (_side(size, "width"), _side(size, "height"))
    found = gathered.files.find(named, file.parent)
    # A path of another machine: without its image only the name means anything.
    name = named if found is not None else named.rpartition("/")[2]
    image = gathered.image(name, found, reporter.file, sides)
    listed = regions if isinstance(regions, list) else []
    state = number(asset.get("state"))
    image.labeled = bool(listed) or state is None or state >= _TAGGED
    for position, region in enumerate(listed, start=1):
        _region(region, Message("Region {0} of {1}", position, image.path), image, gathered, reporter)


def _region(region: Any, who: str, image: DatasetImage, gathered: Gathered, reporter: Reporter) -> None:
    corners = _corners(region) if isinstance(region, dict) else None
    if corners is None:
        reporter.say(None, Message("{0} has no box; left out.", who), Message("object without a box"))
        image.refused += 1
        return
    tags = region.get("tags")
    names = [clean_label(tag) for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else []
    if not any(names):
        reporter.say(None, Message("{0} has no tag; left out.", who), Message("object without a class"))
        image.refused += 1
        return
    if len(names) > 1:
        reporter.say(
            None,
            Message("{0} has {1} tags; it became a box of each.", who, len(names)),
            Message("box of several classes"),
        )
    outline = str(region.get("type") or "RECTANGLE").upper() not in ("RECTANGLE", "SQUARE")
    for name in filter(None, names):
        gathered.add(image, corners, name, None, reporter, outline=outline)


def _corners(region: Mapping[str, Any]) -> Corners | None:
    box = region.get("boundingBox")
    if isinstance(box, dict):
        values = [number(box.get(key)) for key in ("left", "top", "width", "height")]
        known = [value for value in values if value is not None]
        if len(known) == 4:
            left, top, width, height = known
            return left, top, left + width, top + height
    points = region.get("points")
    pairs = [
        (x, y)
        for point in (points if isinstance(points, list) else ())
        if isinstance(point, dict)
        and (x := number(point.get("x"))) is not None
        and (y := number(point.get("y"))) is not None
    ]
    return bounds(pairs) if pairs else None


def _side(size: Any, key: str) -> int:
    return declared_side(size.get(key)) if isinstance(size, dict) else 0
