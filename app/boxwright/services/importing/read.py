"""Dataset as it was read, with the reasons for its format, and kept in files between two processes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from boxwright.domain.box import Box
from boxwright.domain.errors import FormatError
from boxwright.domain.image import Split
from boxwright.domain.marks import ImageMarks
from boxwright.domain.messages import Message, from_json, to_json
from boxwright.domain.progress import Progress, Report, ShouldStop, check, never
from boxwright.formats.base import Format, FormatGuess
from boxwright.formats.dataset import Besides, Boxes, Dataset, DatasetClass, DatasetImage, Problem, Provenance
from boxwright.formats.finding import noting_closed, relative_to
from boxwright.formats.registry import by_name, likeliest, recognise, recognise_weighed
from boxwright.formats.table import CsvTable
from boxwright.formats.table_map import NO_MAPPING
from boxwright.services.importing.archives import is_archive, unpack
from boxwright.services.importing.embedded import write_embedded
from boxwright.services.importing.guard import guarded

_INSIDE = "images"
_ARRAYS, _REST = "dataset.npz", "dataset.json"


@dataclass
class ReadDataset:
    """Dataset that was read.

    `path` as the person named it. `unpacked`: the folder that holds what was an archive. `guesses`: which formats it
    may be in, the surest first.
    """

    path: Path
    format: str
    dataset: Dataset
    problems: list[Problem] = field(default_factory=list)
    guesses: tuple[FormatGuess, ...] = ()
    unpacked: Path | None = None


def read_dataset(
    path: Path,
    format_name: str | None,
    part: Path,
    report: Report,
    should_stop: ShouldStop,
    columns: Mapping[str, str] = NO_MAPPING,
) -> ReadDataset:
    """Read the dataset at `path`, an archive by unpacking it into the new folder `part`, where images that lie inside
    files of labels are written as well. `columns`: it is a table, and what its columns mean (`formats.table_map`).
    Raises FormatError, SettingError and Cancelled."""
    problems: list[Problem] = []
    at, unpacked = path, None
    if not os.path.exists(path):  # noqa: PTH110 - Path.exists raises for a folder that one may not enter
        raise FormatError("{0} does not exist; check the path of the dataset.", path)
    if is_archive(path):
        found = unpack(path, part, report, should_stop)
        at, unpacked = found.dataset, part
        problems += found.problems
    report(Progress(0, 0, Message("recognising the format")))
    with noting_closed() as closed:
        # Who says the format is told of others that they would be asked about, and waits for no count.
        guesses = recognise(at) if columns or format_name is not None else recognise_weighed(at)
        if str(at) in closed:
            raise FormatError(
                "{0} cannot be entered ({1}); ask for the right to read it.", at, Message(closed[str(at)])
            )
        reader: Format = CsvTable(columns)
        if not columns:
            reader = by_name(format_name) if format_name is not None else likeliest(path, guesses)
        report(Progress(0, 0, Message("reading the dataset")))
        with guarded(path, reader.name):
            dataset = reader.read(at, problems)
    for folder, why in closed.items():
        what = Message("The folder cannot be entered ({0}); nothing of it was read.", Message(why))
        problems.append(Problem(relative_to(Path(folder), at), None, what, Message("folder cannot be entered")))
    check(should_stop)
    with guarded(path, reader.name):
        if write_embedded(dataset, part / _INSIDE, problems, report, should_stop):
            unpacked = part
    return ReadDataset(path, reader.name, dataset, problems, tuple(guesses), unpacked)


def look_at(path: Path, report: Report, should_stop: ShouldStop = never) -> list[FormatGuess]:
    """Which formats the dataset at `path` may be in, the surest first; an archive is unpacked for it and goes again.
    Raises FormatError for an archive that cannot be unpacked."""
    if not is_archive(path):
        return recognise_weighed(path)
    with tempfile.TemporaryDirectory(prefix="boxwright-look-") as temporary:
        return recognise_weighed(unpack(path, Path(temporary) / "archive", report, should_stop).dataset)


def rebase(dataset: Dataset, before: Path, after: Path) -> None:
    """The image files below `before` are below `after` now."""
    for item in dataset.images:
        if item.file is not None and item.file.is_relative_to(before):
            item.file = after / item.file.relative_to(before)


def save_read(read: ReadDataset, folder: Path) -> None:
    """Write `read` into two files of `folder`: arrays, and JSON; nothing in them is code."""
    images = read.dataset.images
    boxes = [item.boxes if isinstance(item.boxes, Boxes) else Boxes(item.boxes) for item in images]
    parts = [found.columns() for found in boxes]
    with (folder / _ARRAYS).open("wb") as file:
        np.savez(
            file,
            counts=np.array([len(found) for found in boxes], np.int64),
            corners=np.concatenate([np.zeros((0, 4)), *(p[0] for p in parts)]),
            labels=np.concatenate([np.zeros(0, np.int32), *(p[1] for p in parts)]),
            scores=np.concatenate(
                [np.zeros(0), *(np.full(len(p[1]), np.nan) if p[2] is None else p[2] for p in parts)]
            ),
            lines=np.concatenate(
                [np.zeros(0, np.int32), *(np.zeros(len(p[1]), np.int32) if p[3] is None else p[3] for p in parts)]
            ),
        )
    rest = {
        "path": str(read.path),
        "format": read.format,
        "guesses": to_json([asdict(guess) for guess in read.guesses]),
        "problems": to_json([asdict(problem) for problem in read.problems]),
        "unpacked": str(read.unpacked) if read.unpacked else None,
        "classes": read.dataset.classes,
        "images": [_image_row(item) for item in images],
        "besides": [(i, k, asdict(known)) for i, found in enumerate(boxes) for k, known in found.besides.items()],
    }
    (folder / _REST).write_bytes(orjson.dumps(rest, default=_plain))


def load_read(folder: Path) -> ReadDataset:
    """What `save_read` wrote. Raises OSError, ValueError or KeyError on anything else."""
    rest = orjson.loads((folder / _REST).read_bytes())
    images = [_image(row) for row in rest["images"]]
    with np.load(folder / _ARRAYS, allow_pickle=False) as data:
        corners, labels, scores, lines = (data[name] for name in ("corners", "labels", "scores", "lines"))
        ends = np.cumsum(data["counts"]).tolist()
    besides: dict[int, dict[int, Besides]] = {}
    for image, place, fields in rest["besides"]:
        besides.setdefault(image, {})[place] = _besides(fields)
    start = 0
    for index, (item, end) in enumerate(zip(images, ends, strict=True)):
        own = slice(start, end)
        item.boxes = Boxes.of(corners[own], labels[own], scores[own], lines[own], besides.get(index, {}))
        start = end
    return ReadDataset(
        Path(rest["path"]),
        rest["format"],
        Dataset([DatasetClass(**known) for known in rest["classes"]], images),
        [Problem(**problem) for problem in from_json(rest["problems"])],
        tuple(FormatGuess(**guess) for guess in from_json(rest["guesses"])),
        Path(rest["unpacked"]) if rest["unpacked"] else None,
    )


def _plain(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, Path):
        return str(value)
    raise TypeError(f"{type(value)} is not JSON")


def _image_row(item: DatasetImage) -> list[Any]:
    file = None if item.file is None else str(item.file)
    marks = [sorted(item.marks.tags), item.marks.note] if item.marks else None
    return [
        item.path, file, item.width, item.height, item.split, item.labeled, item.relative, item.stem_only, item.refused,
        item.source, item.id, marks, item.annotator,
    ]  # fmt: skip


def _image(row: list[Any]) -> DatasetImage:
    path, file, width, height, split, labeled, relative, stem_only, refused, source, id_, marks, annotator = row
    item = DatasetImage(path, None if file is None else Path(file), width, height)
    item.split = None if split is None else Split(split)
    item.labeled, item.relative, item.stem_only, item.refused = labeled, relative, stem_only, refused
    item.source, item.id, item.annotator = source, id_, annotator
    if marks is not None:
        item.marks = ImageMarks(frozenset(marks[0]), marks[1])
    return item


def _besides(fields: dict[str, Any]) -> Besides:
    made = fields["provenance"]
    if made is not None:
        source = made["source_box"]
        made = Provenance(**{**made, "source_box": None if source is None else Box(**source)})
    return Besides(frozenset(fields["flags"]), fields["attributes"], made)
