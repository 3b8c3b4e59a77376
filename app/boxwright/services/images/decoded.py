"""Images decoded ahead: a screen-sized one to look at first, the full one for zooming in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Generic, TypeVar

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import Message
from boxwright.services.images.read_ahead import AheadLoader

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Convert = Callable[["NDArray[np.uint8 | np.uint16]"], "T"]

T = TypeVar("T")

_SHOWN_BYTES = {"u1": 4, "u2": 8}
"""Bytes that a pixel on screen takes at most, by the type of its channels."""


@dataclass(frozen=True, slots=True)
class PictureKey:
    """Key of a decoded image.

    `max_side`: the longer side in pixels that is enough, None for every pixel of the file. `mtime_ns` of the file as
    it is meant, so that one that changed is decoded anew.
    """

    path: Path
    max_side: int | None
    mtime_ns: int = 0


@dataclass(frozen=True, slots=True)
class DecodedImage(Generic[T]):
    """Decoded image, or why there is none.

    `pixels` None: the file cannot be shown and `problem` says why, in one sentence.
    """

    pixels: T | None
    size_bytes: int
    problem: str | None = None


class ImageLoader:
    """Loader of decoded images.

    Decodes on a small thread pool. `convert` turns upright pixels, as `read_to_fit` gives them with `deep`, into
    what the caller shows; it runs on the decoding thread. See `AheadLoader` for the promises about order, late answers
    and memory.
    """

    def __init__(
        self,
        convert: Convert[object],
        on_ready: Callable[[PictureKey], None],
        limit_bytes: int = 256 * 2**20,
        workers: int = 2,
    ) -> None:
        self._convert = convert
        self._failed: set[PictureKey] = set()
        self._loader: AheadLoader[PictureKey, DecodedImage[object]] = AheadLoader(
            self._read, lambda picture: picture.size_bytes, limit_bytes, on_ready, workers
        )
        self.get = self._loader.get
        self.want = self._loader.want
        self.forget = self._loader.forget
        self.close = self._loader.close

    def forget_failed(self, path: Path) -> None:
        """Read the file at `path` again when it is wanted, if it could not be read before."""
        keys = [key for key in self._failed if key.path == path]
        self._failed.difference_update(keys)
        self._loader.forget(keys)

    @property
    def cached_bytes(self) -> int:
        return self._loader.cached_bytes

    def _read(self, key: PictureKey) -> DecodedImage[object]:
        picture = self._decoded(key)
        if picture.problem is not None:
            self._failed.add(key)
        return picture

    def _decoded(self, key: PictureKey) -> DecodedImage[object]:
        try:
            pixels = read_to_fit(key.path, key.max_side, deep=True)
            return DecodedImage(
                self._convert(pixels), pixels.shape[0] * pixels.shape[1] * _SHOWN_BYTES[pixels.dtype.str[1:]]
            )
        except BoxwrightError as error:
            if not key.path.parent.is_dir():
                return DecodedImage(None, 0, _out_of_reach(key.path.parent))
            return DecodedImage(None, 0, str(error))
        except (OSError, MemoryError, ValueError) as error:
            return DecodedImage(None, 0, Message("{0} cannot be shown ({1}).", key.path.name, error))


def _out_of_reach(folder: Path) -> str:
    return Message("The folder {0} cannot be reached now; its images are shown as soon as it is back.", folder)


def read_to_fit(path: Path, max_side: int | None, deep: bool = False) -> NDArray[np.uint8 | np.uint16]:
    """Upright (H,W,3) uint8 BGR; with `max_side` its longer side is at most that, never enlarged. A picture of
    more than 8 bits is shown in the window of most of its values, or, with `deep`, keeps all of them.

    Raises `imaging.read.ImageReadError`.
    """
    from boxwright.imaging.read import read_for_viewing, read_image

    return read_for_viewing(path, max_side, fit=True) if deep else read_image(path, max_side, fit=True)
