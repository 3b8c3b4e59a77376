"""Staged exports: made beside their folder and renamed into place; nothing is replaced but an earlier export."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path
from typing import Any, BinaryIO
from uuid import uuid4

from boxwright import __version__
from boxwright.config.lock import WriterLock, abandoned
from boxwright.domain.errors import FormatError
from boxwright.domain.messages import reason_of
from boxwright.formats.dataset import DatasetImage
from boxwright.formats.finding import is_dir, is_file
from boxwright.formats.manifest import (
    MANIFEST,
    Manifest,
    every_file,
    is_inside,
    is_untouched,
    read_manifest,
    stamp,
)
from boxwright.formats.names import flat_names, unique_names

__all__ = [
    "MANIFEST", "Earlier", "ImageMode", "Staging", "check_replaceable", "clear_abandoned", "clear_up", "staged",
]  # fmt: skip

# A longer name of an export is cut in those beside it, so that its own is not known any more.
_LONGEST = 80
_LOCK = re.compile(rf"\.(.{{1,{_LONGEST - 1}}})\.([0-9a-f]{{12}})\.lock")


class ImageMode(StrEnum):
    """Way in which image files come into an export. `LINK`: a hard link, else a symbolic link, else a copy."""

    COPY = "copy"
    LINK = "link"
    NONE = "none"


def file_names(images: Iterable[DatasetImage], mode: ImageMode) -> list[str]:
    """A safe name for each of `images`, for a format that puts image files into one folder: without the folders of its
    own name, which stay where only labels are written."""
    paths = [image.path for image in images]
    return unique_names(paths) if mode is ImageMode.NONE else flat_names(paths)


class Earlier:
    """Earlier export that is to be added to.

    `folder` and its `manifest`. `same`: by image name in the dataset the path of the image file in it, for those whose
    file need not be placed again.
    """

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder = folder
        self.manifest = manifest
        self.same: Mapping[str, str] = {}


class Staging:
    """Folder in which an export grows until it is whole.

    Attributes:
        folder: Where it lies meanwhile.
        placed: Path within it of each image file, by its name in the dataset.
        details: Go into the manifest.
        images: By their names, go into the manifest as well.
        on_image: Is called before each image; what it raises ends the export.
    """

    def __init__(self, folder: Path, earlier: Earlier | None = None) -> None:
        self.folder = folder
        self.placed: dict[str, str] = {}
        self.details: dict[str, Any] = {}
        self.images: Iterable[tuple[str, Mapping[str, Any]]] = ()
        self.on_image: Callable[[], None] = lambda: None
        self._earlier = earlier
        self._manifest = Manifest("")

    def write(self, relative: str, data: bytes) -> None:
        """Make a file.

        Args:
            relative: Its path inside the folder, forward slashes.
            data: Its content.

        Raises:
            FormatError: The path leads out of the folder.
            OSError: The disk refuses, or the file is there already; either ends the export.
        """
        with self.open(relative) as handle:
            handle.write(data)

    @contextmanager
    def open(self, relative: str) -> Iterator[BinaryIO]:
        """The new file `relative`, open for writing in large blocks."""
        target = self._target(relative)
        with target.open("xb", buffering=1 << 20) as handle:
            yield handle
        self._manifest.files[relative] = stamp(target)

    def place(self, name: str, file: Path | None, relative: str, mode: ImageMode) -> None:
        """Put an image file into the export.

        Args:
            name: What the image is called in the dataset.
            file: Where it lies; None when nobody knows.
            relative: Its path inside the folder, forward slashes.
            mode: With `NONE` nothing is placed.

        Raises:
            FormatError: The file is missing.
        """
        self.on_image()
        if mode is ImageMode.NONE:
            return
        target = self._target(relative)
        if self._earlier is not None and self._earlier.same.get(name) == relative:
            carry_over(self._earlier.folder / relative, target)
            self._manifest.files[relative] = self._earlier.manifest.files[relative]
            self.placed[name] = relative
            return
        if file is None or not is_file(file):
            raise _missing(file or name)
        if mode is ImageMode.COPY or not _linked(file, target):
            shutil.copyfile(file, target)
        self._manifest.files[relative] = stamp(target)
        self.placed[name] = relative

    def embed(self, name: str, file: Path | None, relative: str, mode: ImageMode) -> bytes | None:
        """The content of the image `file`, called `name` in the dataset, for the file `relative` that is to hold it;
        None when images are left out. Raises FormatError when it is missing."""
        self.on_image()
        if mode is ImageMode.NONE:
            return None
        if file is None or not is_file(file):
            raise _missing(file or name)
        self.placed[name] = relative
        return file.read_bytes()

    def finish(self, format_name: str) -> None:
        """Take over what a person added to the earlier export, and write the manifest: by it the next export knows
        what it may replace. Raises FormatError when a file of theirs is in the way."""
        if self._earlier is not None:
            for relative in added_files(self._earlier):
                target = self._target(relative)
                if os.path.lexists(target):
                    raise FormatError(
                        "{0} was added to {1}, and the update has a file of that name; move yours away.",
                        relative,
                        self._earlier.folder,
                    )
                carry_over(self._earlier.folder / relative, target)
        self._manifest.format, self._manifest.details = format_name, self.details
        with (self.folder / MANIFEST).open("xb", buffering=1 << 20) as handle:
            handle.writelines(self._manifest.lines(__version__, self.images))

    def _target(self, relative: str) -> Path:
        # The last gate: names were made safe before, and a hole there must not become a file elsewhere.
        if not is_inside(relative):
            raise FormatError("The name {0} would leave the export folder, so nothing was written.", repr(relative))
        target = self.folder.joinpath(*relative.split("/"))
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


def _missing(file: Path | str) -> FormatError:
    return FormatError(
        "The image {0} is not there any more, so nothing was written; bring it back and start again.", file
    )


@contextmanager
def staged(out: Path, format_name: str, earlier: Earlier | None = None, token: str = "") -> Iterator[Staging]:
    """A `Staging` that becomes the folder `out` when the body ends, and vanishes when it raises.

    With `earlier`, which `out` must be, files that a person added to it are taken over. `token` is part of the name the
    folder has meanwhile, for `clear_up`. Raises FormatError when `out` is a file, holds what is not an earlier export
    of this program, or the disk refuses.
    """
    target = Path(os.path.realpath(out))
    if earlier is None:
        check_replaceable(target)
    token = token or uuid4().hex[:12]
    aside = _beside(target, token, "part")
    clear_abandoned(target.parent)
    with suppress(OSError):
        target.parent.mkdir(parents=True, exist_ok=True)
    lock = WriterLock(_beside(target, token, "lock"))
    try:
        try:
            lock.acquire()
            aside.mkdir(parents=True)
            staging = Staging(aside, earlier)
            yield staging
            staging.finish(format_name)
            _swap(aside, target, _beside(target, token, "old"))
        except OSError as error:
            raise FormatError("The export to {0} was not made: {1}.", out, reason_of(error)) from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
        lock.release()
        with suppress(OSError):
            lock.path.unlink()


def clear_abandoned(folder: Path) -> None:
    """As `clear_up` for each export into `folder` whose process was killed; those that run are left alone."""
    with suppress(OSError):
        for path in folder.glob(".*.lock"):
            found = _LOCK.fullmatch(path.name)
            if found is not None and abandoned(path):
                clear_up(folder / found[1], found[2])


def clear_up(out: Path, token: str) -> None:
    """After a process that exported to `out` with `token` was ended from outside: what was there before is there again,
    or the new export is whole, and nothing lies beside it."""
    target = Path(os.path.realpath(out))
    old = _beside(target, token, "old")
    with suppress(OSError):
        if old.exists() and not target.exists():
            old.rename(target)
    for folder in (old, _beside(target, token, "part")):
        shutil.rmtree(folder, ignore_errors=True)
    with suppress(OSError):
        _beside(target, token, "lock").unlink()


def check_replaceable(out: Path) -> None:
    """Raise FormatError unless `out` is missing, empty, or an export exactly as this program left it."""
    if not out.exists():
        return
    if not is_dir(out):
        raise FormatError("{0} is a file, and an export is a folder; name another.", out)
    manifest = read_manifest(out)
    for relative, file in every_file(out):
        if manifest is None:
            raise FormatError(
                "{0} holds files that are not an earlier export (such as {1}), so it was left as it is; name "
                "a new or an empty folder.",
                out,
                relative,
            )
        known = manifest.files.get(relative)
        if known is None or not is_untouched(file, known):
            raise FormatError(
                "{0} in {1} was added or changed since the export, so it was left as it is; move that file "
                "away, update the export instead, or name another folder.",
                relative,
                out,
            )


def added_files(earlier: Earlier) -> list[str]:
    """The files of an earlier export that it did not come with. Raises FormatError when one of its own was changed."""
    added = []
    for relative, file in every_file(earlier.folder):
        known = earlier.manifest.files.get(relative)
        if known is None:
            added.append(relative)
        elif not is_untouched(file, known):
            raise FormatError(
                "{0} in {1} was changed since the export, so it was left as it is; move that file "
                "away or export to another folder.",
                relative,
                earlier.folder,
            )
    return added


def carry_over(file: Path, target: Path) -> None:
    """The same file again: a hard link, so that it takes no room and no time, else a copy. A link stays one."""
    if file.is_symlink():
        target.symlink_to(file.readlink())
        return
    try:
        os.link(file, target)
    except OSError:
        shutil.copy2(file, target)


def _linked(file: Path, target: Path) -> bool:
    try:
        os.link(os.path.realpath(file), target)
    except OSError:
        try:
            target.symlink_to(os.path.realpath(file))
        except OSError:
            return False
    return True


def _beside(target: Path, token: str, what: str) -> Path:
    return target.with_name(f".{target.name[:_LONGEST]}.{token}.{what}")


def _swap(aside: Path, target: Path, old: Path) -> None:
    if not target.exists():
        aside.rename(target)
        return
    target.rename(old)
    try:
        aside.rename(target)
    except OSError:
        old.rename(target)
        raise
    with suppress(OSError):
        shutil.rmtree(old)
