"""Index of the pool's images for an import: by file and content first, then by whole path, by name last."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.formats.dataset import DatasetImage
from boxwright.formats.names import stem_of
from boxwright.formats.path_ends import Fit, Parts, fit, parts_of
from boxwright.services.project.project import Project
from boxwright.store.files import GONE

_REPORT_EVERY = 200


@dataclass(frozen=True, slots=True)
class Match:
    """Match of a dataset's image.

    `image_id` of the pool, None where it has none. `near`: paths of the pool that have the name and were not taken
    for it, as they lie in another folder, or as several fit as well. `by_name`: of `title`, a path of the pool, only
    the name and the folders below its root are the same.
    """

    image_id: int | None
    near: tuple[str, ...] = ()
    by_name: bool = False
    title: str = ""


@dataclass(frozen=True, slots=True)
class _Named:
    """An image of the pool by its path on disk; the last `own` parts are below its root; `title` for people."""

    image_id: int
    parts: Parts
    own: int
    title: str

    @property
    def root(self) -> Parts:
        return self.parts[: -self.own]


_Fits = list[tuple[Fit, _Named]]


class PoolIndex:
    """Index of the pool's images by absolute path, by the end of their path and by content, as they were when it was
    made."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._files: dict[str, int] = {}
        self._paths: list[tuple[int, str, str]] = []
        self._content: dict[str, int] | None = None
        self._folders = {root.name: os.path.realpath(root.folder) for root in project.roots.all()}
        for image_id, root, path in project.images.paths():
            if not path.startswith(f"{GONE}/"):
                own = path if os.sep == "/" else path.replace("/", os.sep)
                self._files[f"{self._folders[root]}{os.sep}{own}"] = image_id
                self._paths.append((image_id, root, path))

    @cached_property
    def _names(self) -> dict[str, list[_Named]]:
        return self._by_last(stems=False)

    @cached_property
    def _stems(self) -> dict[str, list[_Named]]:
        return self._by_last(stems=True)

    def __len__(self) -> int:
        return len(self._files)

    def by_file(self, file: Path) -> int | None:
        """Where it lies, else what it contains. A file that is there is never taken for another of the same name."""
        at = self._files.get(os.path.realpath(file))
        return at if at is not None else self._by_content(file)

    def named(self, image: DatasetImage) -> _Fits:
        """The images with the name of one that is not on disk, and how well they fit."""
        wanted = parts_of(image.path)
        index = self._stems if image.stem_only else self._names
        return [(fit(wanted, other.parts, other.own), other) for other in index.get(wanted[-1], ())]

    @cached_property
    def _of_id(self) -> dict[int, _Named]:
        return {known.image_id: known for several in self._names.values() for known in several}

    def root_named_by(self, image: DatasetImage, image_id: int) -> Parts | None:
        """The root of an image of the pool, where the dataset's path for it has the name of that root."""
        other = self._of_id.get(image_id)
        return other.root if other and fit(parts_of(image.path), other.parts, other.own).above else None

    def _by_last(self, stems: bool) -> dict[str, list[_Named]]:
        index: dict[str, list[_Named]] = {}
        above = {name: parts_of(Path(folder).as_posix()) for name, folder in self._folders.items()}
        for image_id, root, path in self._paths:
            own = parts_of(stem_of(path) if stems else path)
            index.setdefault(own[-1], []).append(_Named(image_id, (*above[root], *own), len(own), path))
        return index

    def _by_content(self, file: Path) -> int | None:
        if self._content is None:
            self._content = self._project.images.ids_by_content()
        if not self._content:
            return None
        from boxwright.imaging.probe import probe

        found = probe(file)
        return None if found.problem else self._content.get(found.content_hash)


def match(
    index: PoolIndex, images: Sequence[DatasetImage], report: Report, should_stop: ShouldStop, by_name: bool = False
) -> list[Match]:
    """For each of `images` what it is in the pool. Folders that say otherwise rule an image out (`formats.path_ends`);
    so does the name of a root, where the dataset names that root elsewhere, and a path that fits the same image better.
    `by_name`: a person said that names alone are enough."""
    found: list[Match] = []
    named: dict[int, _Fits] = {}
    for done, image in enumerate(images):
        if done % _REPORT_EVERY == 0:
            check(should_stop)
            report(Progress(done, len(images), Message("finding the images")))
        if image.file is not None:
            found.append(Match(index.by_file(image.file)))
        else:
            named[done] = index.named(image)
            found.append(Match(None))
    if by_name:
        for place, fits in named.items():
            found[place] = _best(fits, fits)[0]
        return found
    known_roots: set[Parts | None] = {other.root for fits in named.values() for how, other in fits if how.above}
    if named:
        places = zip(images, found, strict=True)
        known_roots |= {index.root_named_by(image, at.image_id) for image, at in places if at.image_id is not None}
    chosen: dict[int, tuple[Match, Fit]] = {}
    for place, fits in named.items():
        agreeing = [
            (how, other)
            for how, other in fits
            if how.agrees and (how.whole or how.above or other.root not in known_roots)
        ]
        found[place], best = _best(agreeing, fits)
        if best is not None:
            chosen[place] = (found[place], best)
    _settle_rivals(found, chosen)
    return found


def _best(agreeing: _Fits, fits: _Fits) -> tuple[Match, Fit | None]:
    """The one that shares the most last parts; none when two share as many."""
    most = max((how.shared for how, _ in agreeing), default=0)
    best = [(how, other) for how, other in agreeing if how.shared == most]
    if len(best) != 1:
        return Match(None, tuple(other.title for _, other in best or fits)), None
    how, other = best[0]
    return Match(other.image_id, by_name=not (how.whole or how.above), title=other.title), how


def _settle_rivals(found: list[Match], chosen: Mapping[int, tuple[Match, Fit]]) -> None:
    """Two paths for one image: a path with a folder that it does not have gives way to one that fits better."""
    strongest: dict[int, float] = {
        known.image_id: float("inf")
        for place, known in enumerate(found)
        if place not in chosen and known.image_id is not None
    }
    for known, how in chosen.values():
        assert known.image_id is not None
        strongest[known.image_id] = max(strongest.get(known.image_id, 0), how.shared)
    for place, (known, how) in chosen.items():
        assert known.image_id is not None
        if not how.whole and how.shared < strongest[known.image_id]:
            found[place] = Match(None, (known.title,))


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
