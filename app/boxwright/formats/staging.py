"""An export is made beside its folder and renamed into place, and replaces nothing but an earlier export."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path, PurePosixPath
from typing import Any, BinaryIO
from uuid import uuid4

import orjson

from boxwright import __version__
from boxwright.domain.errors import FormatError

MANIFEST = "boxwright.manifest"
# Made again by whoever needs them: label caches of training tools, thumbnails of file managers.
_BY_PRODUCTS = frozenset({".ds_store", "thumbs.db", "desktop.ini"})


class ImageMode(StrEnum):
    """What a writer does with the image files. `LINK`: a hard link, else a symbolic link, else a copy."""

    COPY = "copy"
    LINK = "link"
    NONE = "none"


class Staging:
    """The folder an export grows in. `placed`: path within it of each image file, by its name in the dataset.
    `details` go into the manifest. `on_image` is called before each image; what it raises ends the export."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.placed: dict[str, str] = {}
        self.details: dict[str, Any] = {}
        self.on_image: Callable[[], None] = lambda: None
        self._files: dict[str, int | str] = {}

    def write(self, relative: str, data: bytes) -> None:
        """Make the file `relative` (forward slashes, inside the folder)."""
        with self.open(relative) as handle:
            handle.write(data)

    @contextmanager
    def open(self, relative: str) -> Iterator[BinaryIO]:
        """The new file `relative`, open for writing in large blocks."""
        target = self._target(relative)
        with target.open("xb", buffering=1 << 20) as handle:
            yield handle
        self._files[relative] = _digest(target)

    def place(self, name: str, file: Path | None, relative: str, mode: ImageMode) -> None:
        """Put the image `file`, called `name` in the dataset, at `relative`. Raises FormatError when it is missing."""
        self.on_image()
        if mode is ImageMode.NONE:
            return
        if file is None or not file.is_file():
            raise FormatError(
                f"The image {file or name} is not there any more, so the export was not made; bring it back, or export "
                "without images."
            )
        target = self._target(relative)
        if mode is ImageMode.COPY or not _linked(file, target):
            shutil.copyfile(file, target)
        self._files[relative] = target.stat().st_size
        self.placed[name] = relative

    def finish(self, format_name: str) -> None:
        """Write the manifest: by it the next export knows what it may replace."""
        manifest = {"boxwright": __version__, "format": format_name, **self.details, "files": self._files}
        data = orjson.dumps(manifest, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
        (self.folder / MANIFEST).write_bytes(data + b"\n")

    def _target(self, relative: str) -> Path:
        parts = PurePosixPath(relative).parts
        # The last gate: names were made safe before, and a hole there must not become a file elsewhere.
        if not parts or relative.startswith("/") or ".." in parts or "\\" in relative or "\0" in relative:
            raise FormatError(f"The name {relative!r} would leave the export folder, so nothing was written.")
        target = self.folder.joinpath(*parts)
        target.parent.mkdir(parents=True, exist_ok=True)
        return target


@contextmanager
def staged(out: Path, format_name: str) -> Iterator[Staging]:
    """A `Staging` that becomes the folder `out` when the body ends, and vanishes when it raises.

    Raises FormatError when `out` is a file, holds what is not an earlier export of this program, or the disk refuses.
    """
    target = Path(os.path.realpath(out))
    check_replaceable(target)
    aside = target.with_name(f".{target.name[:80]}.{uuid4().hex[:12]}.part")
    try:
        try:
            aside.mkdir(parents=True)
            staging = Staging(aside)
            yield staging
            staging.finish(format_name)
            _swap(aside, target)
        except OSError as error:
            raise FormatError(f"The export to {out} was not made: {error.strerror or error}.") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def read_manifest(folder: Path) -> Mapping[str, Any] | None:
    """The manifest of the export in `folder`; None where there is none that can be read."""
    try:
        data = orjson.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) and isinstance(data.get("files"), dict) else None


def check_replaceable(out: Path) -> None:
    """Raise FormatError unless `out` is missing, empty, or an export exactly as this program left it."""
    if not out.exists():
        return
    if not out.is_dir():
        raise FormatError(f"{out} is a file, and an export is a folder; name another.")
    manifest = read_manifest(out)
    for folder, _, names in os.walk(out):
        for name in names:
            file = Path(folder) / name
            if manifest is None:
                raise FormatError(
                    f"{out} holds files that are not an earlier export (such as {name}), so it was left as it is; name "
                    "a new or an empty folder."
                )
            if not _ours(file, out, manifest):
                raise FormatError(
                    f"{file.relative_to(out).as_posix()} in {out} was added or changed since the export, so it was "
                    "left as it is; move that file away or name another folder."
                )


def _ours(file: Path, out: Path, manifest: Mapping[str, Any]) -> bool:
    relative = file.relative_to(out).as_posix()
    if relative == MANIFEST or file.suffix == ".cache" or file.name.lower() in _BY_PRODUCTS:
        return True
    known = manifest["files"].get(relative)
    try:
        # Images are told by their size: reading them all again would take as long as the export.
        return bool(known == (_digest(file) if isinstance(known, str) else file.stat().st_size))
    except OSError:
        # A link whose image is gone: it was placed by us when the manifest lists it.
        return relative in manifest["files"]


def _digest(file: Path) -> str:
    with file.open("rb") as handle:
        return hashlib.file_digest(handle, lambda: hashlib.blake2b(digest_size=16)).hexdigest()


def _linked(file: Path, target: Path) -> bool:
    try:
        os.link(os.path.realpath(file), target)
    except OSError:
        try:
            target.symlink_to(os.path.realpath(file))
        except OSError:
            return False
    return True


def _swap(aside: Path, target: Path) -> None:
    if not target.exists():
        aside.rename(target)
        return
    old = target.with_name(f".{target.name[:80]}.{uuid4().hex[:12]}.old")
    target.rename(old)
    try:
        aside.rename(target)
    except OSError:
        old.rename(target)
        raise
    with suppress(OSError):
        shutil.rmtree(old)
