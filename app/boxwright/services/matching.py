"""Which image of the pool a dataset's image is."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path

from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.formats.dataset import DatasetImage
from boxwright.formats.names import safe_name, stem_of
from boxwright.services.project import Project

_REPORT_EVERY = 200


class PoolIndex:
    """The pool's images by absolute path, by the end of their path and by content, as they were when it was made."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._files: dict[str, int] = {}
        self._paths: list[tuple[int, str]] = []
        self._content: dict[str, int] | None = None
        folders = {root.name: os.path.realpath(root.folder) for root in project.roots.all()}
        for image_id, root, path in project.images.paths():
            self._files[f"{folders[root]}{os.sep}{path if os.sep == '/' else path.replace('/', os.sep)}"] = image_id
            self._paths.append((image_id, f"{root}/{path}"))

    @cached_property
    def _names(self) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        return _by_last((image_id, _parts(path)) for image_id, path in self._paths)

    @cached_property
    def _stems(self) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
        return _by_last((image_id, _parts(stem_of(path))) for image_id, path in self._paths)

    def __len__(self) -> int:
        return len(self._files)

    def find(self, image: DatasetImage) -> int | None:
        """The id of `image`: where it lies, else what it contains when it is on disk, else what it is called.

        A file that is there is never taken for another of the same name.
        """
        if image.file is not None:
            at = self._files.get(os.path.realpath(image.file))
            return at if at is not None else self._by_content(image.file)
        index = self._stems if image.stem_only else self._names
        wanted = _parts(image.path)
        return _longest_end(index.get(wanted[-1], ()), wanted) if wanted else None

    def _by_content(self, file: Path) -> int | None:
        if self._content is None:
            self._content = self._project.images.ids_by_content()
        if not self._content:
            return None
        from boxwright.imaging.probe import probe

        found = probe(file)
        return None if found.problem else self._content.get(found.content_hash)


def match(
    index: PoolIndex, images: Sequence[DatasetImage], report: Report, should_stop: ShouldStop
) -> list[int | None]:
    """For each of `images` its id in the pool, None where the pool does not have it."""
    found: list[int | None] = []
    for done, image in enumerate(images):
        if done % _REPORT_EVERY == 0:
            check(should_stop)
            report(Progress(done, len(images), "finding the images"))
        found.append(index.find(image))
    return found


def common_folders(files: Sequence[Path]) -> list[Path]:
    """The fewest folders that hold all `files` without reaching beyond them: the one above all, unless that is the top
    of the disk or the person's own folder; then each file's own."""
    parents = sorted({file.parent for file in files})
    if not parents:
        return []
    try:
        above = Path(os.path.commonpath(parents))
    except ValueError:
        return parents
    return parents if above in (Path(above.anchor), Path.home()) else [above]


def _by_last(found: Iterable[tuple[int, tuple[str, ...]]]) -> dict[str, list[tuple[int, tuple[str, ...]]]]:
    index: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
    for image_id, parts in found:
        index.setdefault(parts[-1], []).append((image_id, parts))
    return index


def _parts(path: str) -> tuple[str, ...]:
    """As an export would have written it, so that a name it had to change is still known."""
    return tuple(unicodedata.normalize("NFC", safe_name(path)).casefold().split("/"))


def _longest_end(found: Sequence[tuple[int, tuple[str, ...]]], wanted: tuple[str, ...]) -> int | None:
    """The one whose path shares the most last parts with `wanted`; None when two share as many."""
    if len(found) == 1:
        return found[0][0]
    lengths = [(_shared_end(parts, wanted), image_id) for image_id, parts in found]
    best = max(lengths, default=(0, 0))
    return best[1] if sum(length == best[0] for length, _ in lengths) == 1 else None


def _shared_end(a: tuple[str, ...], b: tuple[str, ...]) -> int:
    count = 0
    for x, y in zip(reversed(a), reversed(b), strict=False):
        if x != y:
            break
        count += 1
    return count
