"""Search on disk for the image that a dataset names."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cached_property, lru_cache
from pathlib import Path, PurePosixPath

from boxwright.domain.image import Split
from boxwright.formats.names import is_image_name, stem_of
from boxwright.formats.path_ends import fit, parts_of
from boxwright.formats.splits import split_named


def split_in_path(path: str) -> Split | None:
    """The split that the innermost telling folder of `path` names."""
    return _split_in_folder(path.rpartition("/")[0])


def name_and_split(path: str) -> tuple[str, Split | None]:
    """The name of the image at `path`, and its split: a first folder that is called like a split is no part of the
    name."""
    first, mark, rest = path.partition("/")
    if mark and (split := split_named(first)) is not None:
        return rest, split
    return path, split_in_path(path)


@lru_cache(maxsize=1024)
def _split_in_folder(folder: str) -> Split | None:
    for part in reversed(PurePosixPath(folder).parts):
        if (split := split_named(part)) is not None:
            return split
    return None


def files_below(folder: Path) -> Iterator[Path]:
    """Every file below `folder`, in a stable order, hidden ones left out. Links to folders are followed, none twice.

    A name may be a pipe or a device: ask `is_file` before opening it, or the program waits for ever.
    """
    listed = _listed.get()
    if listed is None:
        yield from _walk(folder)
        return
    if folder not in listed:
        listed[folder] = list(_walk(folder))
    yield from listed[folder]


@contextmanager
def listed_once() -> Iterator[None]:
    """Within it `files_below` walks through a folder only once: twenty formats ask for the files of the same one, which
    may be a million."""
    if _listed.get() is not None:
        yield
        return
    token = _listed.set({})
    try:
        yield
    finally:
        _listed.reset(token)


_listed: ContextVar[dict[Path, list[Path]] | None] = ContextVar("listed", default=None)


@contextmanager
def noting_closed() -> Iterator[dict[str, str]]:
    """Within it `files_below` notes the folders that it may not enter, with the reason."""
    found: dict[str, str] = {}
    token = _closed.set(found)
    try:
        yield found
    finally:
        _closed.reset(token)


_closed: ContextVar[dict[str, str] | None] = ContextVar("closed", default=None)


def _note_closed(error: OSError) -> None:
    closed = _closed.get()
    if closed is not None and error.filename is not None and not isinstance(error, FileNotFoundError):
        closed[os.fspath(error.filename)] = error.strerror or str(error)


def _walk(folder: Path) -> Iterator[Path]:
    entered: set[str] = set()
    home = os.path.realpath(folder)
    for at, folders, names in os.walk(folder, onerror=_note_closed, followlinks=True):
        real = os.path.realpath(at)
        outside = real != home and not real.startswith(home + os.sep)
        if real in entered or (outside and is_too_wide(Path(real), Path(home))):
            folders.clear()
            continue
        entered.add(real)
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(at) / name


def is_too_wide(folder: Path, home: Path) -> bool:
    """Whether `folder` holds far more than a dataset that lies in `home` (both real): a folder above that or above the
    person's own, or one of the system."""
    above_person = Path(os.path.realpath(Path.home()))
    if folder != home and (home.is_relative_to(folder) or above_person.is_relative_to(folder)):
        return True
    parts = folder.parts
    return len(parts) < 2 or (os.sep == "/" and (parts[1] in _NEVER or (len(parts) == 2 and parts[1] in _SYSTEM)))


_NEVER = frozenset({"proc", "sys", "dev"})
_SYSTEM = frozenset({"bin", "boot", "etc", "home", "lib", "lib64", "mnt", "media", "opt", "run", "sbin", "usr", "var"})


def is_file(path: Path | str) -> bool:
    """Whether `path` is a file; False, not an error, for names no file can have: too long, a null byte."""
    return os.path.isfile(path)  # noqa: PTH113 - Path.is_file raises for those


def is_dir(path: Path) -> bool:
    """Whether `path` is a folder; False for names that none can have."""
    return os.path.isdir(path)  # noqa: PTH112 - as above


def relative_to(path: Path, root: Path) -> str:
    """`path` relative to `root` with forward slashes; as it is when it lies elsewhere."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return path.as_posix()


class ImageFiles:
    """Image files below one folder, found by the end of their path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._folders: dict[tuple[Path, str], str | None] = {}

    def find(self, name: str, *folders: Path) -> Path | None:
        """The file that `name` (relative, clean) means: in one of `folders`, in the root, or the only one below the
        root whose path ends in `name` (`formats.path_ends`)."""
        if is_image_name(name):
            below = name.rpartition("/")[0]
            for folder in (*folders, self.root):
                # Asking for each of a hundred thousand names in a folder that is not there takes seconds.
                at = self._folder(folder, below)
                if at is not None and is_file(candidate := f"{at}/{name.rpartition('/')[2]}"):
                    return Path(candidate)
        found = self._only(self._by_name.get(parts_of(name)[-1], ()), name)
        # A file may write a blank around a name that has none.
        return found if found is not None or name == (bare := name.strip()) or not bare else self.find(bare, *folders)

    def _folder(self, folder: Path, below: str) -> str | None:
        key = (folder, below)
        if key not in self._folders:
            at = folder / below
            self._folders[key] = str(at) if is_dir(at) else None
        return self._folders[key]

    def find_stem(self, name: str, folder: Path) -> Path | None:
        """The image in `folder` whose path without its suffix is `name`."""
        found = self._by_stem.get((folder / name).as_posix())
        return found[0] if found else None

    @cached_property
    def all(self) -> list[Path]:
        return [file for file in files_below(self.root) if is_image_name(file.name)]

    @cached_property
    def _by_name(self) -> dict[str, list[Path]]:
        index: dict[str, list[Path]] = {}
        for file in self.all:
            index.setdefault(parts_of(file.name)[-1], []).append(file)
        return index

    @cached_property
    def _by_stem(self) -> dict[str, list[Path]]:
        index: dict[str, list[Path]] = {}
        for file in self.all:
            index.setdefault(stem_of(file.as_posix()), []).append(file)
        return index

    def _only(self, files: Sequence[Path], name: str) -> Path | None:
        wanted = parts_of(name)
        fits = []
        for file in files:
            own = parts_of(relative_to(file, self.root))
            how = fit(wanted, own, len(own))
            if how.agrees:
                fits.append((how.shared, file))
        most = max((shared for shared, _ in fits), default=0)
        best = [file for shared, file in fits if shared == most]
        return best[0] if len(best) == 1 else None
