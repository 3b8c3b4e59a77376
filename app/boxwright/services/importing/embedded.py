"""Images that lie inside a dataset's files of labels, written out as files of their own."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import Message, reason_of
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.formats.dataset import Dataset, Problem
from boxwright.formats.names import is_image_name, unique_names

_SUFFIXES = {b"\xff\xd8\xff": ".jpg", b"\x89PNG": ".png", b"GIF8": ".gif", b"BM": ".bmp", b"RIFF": ".webp"}
_REPORT_EVERY = 100


def write_embedded(
    dataset: Dataset, folder: Path, problems: list[Problem], report: Report, should_stop: ShouldStop
) -> bool:
    """Write every image that `dataset` holds inside its files into `folder`, and have it lie there. Whether any was
    written. Raises FormatError when the disk refuses, and Cancelled."""
    written = False
    inside = [item for item in dataset.images if item.embedded is not None and item.file is None]
    for done, (item, name) in enumerate(zip(inside, unique_names(item.path for item in inside), strict=True)):
        if done % _REPORT_EVERY == 0:
            check(should_stop)
            report(Progress(done, len(inside), Message("unpacking the images")))
        assert item.embedded is not None
        data, item.embedded = item.embedded(), None
        if not data:
            what = Message("The image '{0}' inside it cannot be read any more.", item.path)
            problems.append(Problem(item.source, None, what, Message("image inside the file")))
            continue
        if not is_image_name(name):
            suffix = next((suffix for start, suffix in _SUFFIXES.items() if data.startswith(start)), ".jpg")
            name, item.path, item.stem_only = name + suffix, item.path + suffix, False
        target = folder / name
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
        except OSError as error:
            raise FormatError("The images of the dataset cannot be unpacked: {0}.", reason_of(error)) from error
        item.file, written = target, True
    return written
