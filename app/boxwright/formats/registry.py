"""Registry of dataset formats, and recognition of the format that a path is in."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from boxwright.config.logging import keep_in_log
from boxwright.config.plugins import Plugins
from boxwright.domain.errors import FormatError, SettingError
from boxwright.domain.messages import Message
from boxwright.formats.base import Format, FormatGuess
from boxwright.formats.finding import listed_once
from boxwright.formats.weighing import are_alike, weighed

BUILT_IN = {
    "coco": "boxwright.formats.coco:Coco",
    "yolo": "boxwright.formats.yolo:Yolo",
    "voc": "boxwright.formats.voc:Voc",
    "coco-results": "boxwright.formats.coco_results:CocoResults",
    "cvat": "boxwright.formats.cvat:Cvat",
    "datumaro": "boxwright.formats.datumaro:Datumaro",
    "labelme": "boxwright.formats.labelme:LabelMe",
    "xanylabeling": "boxwright.formats.xanylabeling:XAnyLabeling",
    "createml": "boxwright.formats.createml:CreateML",
    "kitti": "boxwright.formats.kitti:Kitti",
    "yolo-lists": "boxwright.formats.yolo_lists:YoloLists",
    "labelimg": "boxwright.formats.labelimg:LabelImg",
    "darknet": "boxwright.formats.darknet:Darknet",
    "labelstudio": "boxwright.formats.labelstudio:LabelStudio",
    "openimages": "boxwright.formats.openimages:OpenImages",
    "fiftyone": "boxwright.formats.fiftyone:FiftyOne",
    "huggingface": "boxwright.formats.huggingface:HuggingFace",
    "csv": "boxwright.formats.table:CsvTable",
    "via": "boxwright.formats.via:Via",
    "via-csv": "boxwright.formats.via_csv:ViaCsv",
    "supervisely": "boxwright.formats.supervisely:Supervisely",
    "tfrecord": "boxwright.formats.tfrecord:TFRecord",
    "parquet": "boxwright.formats.parquet:Parquet",
    "dota": "boxwright.formats.dota:Dota",
    "widerface": "boxwright.formats.widerface:WiderFace",
    "mot": "boxwright.formats.mot:Mot",
    "vott": "boxwright.formats.vott:VoTT",
    "labelme3": "boxwright.formats.labelme3:LabelMe3",
}
FORMATS: Plugins[Format] = Plugins("dataset format", "boxwright.formats", Format, BUILT_IN)


def formats() -> list[Format]:
    """All formats, the built-in ones first."""
    return list(FORMATS.all().values())


def by_name(name: str) -> Format:
    """The format called `name`, in any case. Raises SettingError naming the known ones."""
    found = FORMATS.get(name.strip().lower())
    if found is None:
        raise SettingError("There is no dataset format '{0}'; known are {1}.", name, ", ".join(FORMATS.all()))
    return found


def recognise(path: Path) -> list[FormatGuess]:
    """The formats that `path` (a folder or a file) may be in, the surest first; empty when none fits."""
    with listed_once():
        guesses = [guess for known in formats() if (guess := _guess(known, path)) is not None]
    return sorted(guesses, key=lambda guess: -guess.confidence)


def recognise_weighed(path: Path) -> list[FormatGuess]:
    """As `recognise`, the format that holds the labels first, where there are several."""
    with listed_once():
        return weighed(path, recognise(path), by_name)


def _guess(known: Format, path: Path) -> FormatGuess | None:
    try:
        return known.recognise(path)
    except Exception as error:
        # A file that one format stumbles over must not hide it from the others.
        keep_in_log(f"{path} as {known.name}", error)
        return None


def reader_for(path: Path, name: str | None = None) -> Format:
    """The format `name`, or the likeliest one of `path`. Raises FormatError when `path` is missing or no format fits,
    or two fit equally well, and SettingError on an unknown name."""
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises for a folder that one may not enter
        raise FormatError("{0} does not exist; check the path of the dataset.", path)
    return by_name(name) if name is not None else likeliest(path, recognise_weighed(path))


def likeliest(path: Path, guesses: Sequence[FormatGuess]) -> Format:
    """The format of the first of `guesses`, which are those of `path`, weighed. Raises FormatError when there is none,
    or a second is as good."""
    if not guesses:
        raise FormatError(
            "{0} holds no dataset in a known format ({1}); name its folder or file, or say the format.",
            path,
            ", ".join(FORMATS.all()),
        )
    if len(guesses) > 1 and are_alike(guesses[0], guesses[1]):
        first, second = guesses[:2]
        raise FormatError(
            "{0} could be {1} ({2}) or {3} ({4}); say which with the format option.",
            path,
            first.format,
            Message(first.told),
            second.format,
            Message(second.told),
        )
    return by_name(guesses[0].format)
