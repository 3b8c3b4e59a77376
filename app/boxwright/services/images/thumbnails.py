"""Previews of the pool: from the disk when they were made before, else made and kept there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

from boxwright.config import paths
from boxwright.domain.errors import BoxwrightError
from boxwright.services.images.read_ahead import AheadLoader
from boxwright.store.thumbnails import ThumbnailStore

T = TypeVar("T")
SIDE = 256
"""Pixels of the longer side: sharp on a dense screen."""


@dataclass(frozen=True, slots=True)
class ThumbnailKey:
    """Key of a preview.

    `content`: the hash of the file's bytes, so that a file that moved or came twice is decoded once; where it is
    empty nothing is kept on disk.
    """

    content: str
    file: Path

    def __hash__(self) -> int:
        # A path takes a while, and a key is looked up by the hundred while the gallery scrolls.
        return hash(self.content or self.file)


class ThumbnailLoader(Generic[T]):
    """Loader of previews.

    Decodes on a small thread pool. `convert` turns JPEG bytes into what the caller shows, on those threads; a file
    that cannot be shown becomes `convert(b"")`. `weigh` is the size of that in bytes. See `AheadLoader` for the
    promises about order, late answers and memory.
    """

    def __init__(
        self,
        convert: Callable[[bytes], T],
        weigh: Callable[[T], int],
        on_ready: Callable[[ThumbnailKey], None],
        limit_bytes: int,
        workers: int,
    ) -> None:
        self._convert = convert
        self._failed: set[ThumbnailKey] = set()
        self._disk = ThumbnailStore(paths.cache_dir() / "thumbnails.db")
        self._loader: AheadLoader[ThumbnailKey, T] = AheadLoader(self._read, weigh, limit_bytes, on_ready, workers)
        self.get = self._loader.get
        self.want = self._loader.want

    @property
    def cached_bytes(self) -> int:
        return self._loader.cached_bytes

    def forget_failed(self) -> bool:
        """Try again what could not be read before, when it is wanted; whether there was any."""
        keys = list(self._failed)
        self._failed.clear()
        self._loader.forget(keys)
        return bool(keys)

    def close(self) -> None:
        self._loader.close()
        self._disk.close()

    def _read(self, key: ThumbnailKey) -> T:
        name = f"{key.content}:{SIDE}"
        found = self._disk.get(name) if key.content else None
        if found is None:
            found = _made(key.file)
            if not found:
                self._failed.add(key)
            elif key.content:
                self._disk.put(name, found)
        return self._convert(found)


def _made(file: Path) -> bytes:
    from boxwright.imaging.thumbnail import thumbnail_jpeg

    try:
        return thumbnail_jpeg(file, SIDE)
    except (BoxwrightError, OSError, ValueError, MemoryError):
        return b""
