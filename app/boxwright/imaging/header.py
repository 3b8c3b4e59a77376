"""Image headers: size, orientation and depth from the first bytes of a file, without decoding a pixel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from PIL.ImageFile import ImageFile

MAX_PIXELS = 500_000_000
# Only what this program can decode. Others would open in Pillow too (EPS through a program of its own), so name them.
_FORMATS = ("JPEG", "PNG", "BMP", "DIB", "GIF", "TIFF", "WEBP", "PPM", "JPEG2000", "AVIF")
SUFFIXES = frozenset(
    (
        ".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm",
        ".pbm", ".pnm", ".jp2", ".avif",
    )
)  # fmt: skip
_ORIENTATION = 0x0112
_BITS_PER_SAMPLE = 258


@dataclass(frozen=True, slots=True)
class Header:
    """Header of an image file.

    `width`, `height`: pixels as stored, before `orientation` (EXIF, 1..8) is applied. `deep`: more than 8 bits a
    channel. `alpha`: some pixels may be see-through.
    """

    format: str
    mode: str
    width: int
    height: int
    orientation: int
    deep: bool
    alpha: bool

    @property
    def upright_size(self) -> tuple[int, int]:
        """(width, height) as a person sees the image."""
        turned = self.orientation >= 5
        return (self.height, self.width) if turned else (self.width, self.height)

    @property
    def too_large(self) -> bool:
        return self.width * self.height > MAX_PIXELS


@cache
def _offered() -> tuple[str, ...]:
    """Those of `_FORMATS` that this Pillow reads. Its own limit of size is taken off: `MAX_PIXELS` is ours and is asked
    everywhere."""
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    Image.init()
    return tuple(name for name in _FORMATS if name in Image.OPEN)


def open_image(file: IO[bytes]) -> ImageFile:
    """Only the header is read. Raises whatever Pillow does for a file that is no image."""
    from PIL import Image

    return Image.open(file, formats=_offered())


def read_header(file: IO[bytes]) -> Header:
    """Raises whatever Pillow raises for a file that is no image; the file position is left anywhere."""
    from PIL.TiffImagePlugin import TiffImageFile

    with open_image(file) as image:
        mode, info = image.mode, image.info
        bits = image.tag_v2.get(_BITS_PER_SAMPLE, (8,)) if isinstance(image, TiffImageFile) else (8,)
        deep = mode.startswith(("I", "F")) or max(bits) > 8 or "16" in _raw_mode(image)
        return Header(
            format=str(image.format),
            mode=mode,
            width=image.width,
            height=image.height,
            # Pillow gives the upright size of a TIFF, and turns its pixels itself.
            orientation=1 if image.format == "TIFF" else _orientation(info),
            deep=deep,
            alpha=mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in info,
        )


def _raw_mode(image: ImageFile) -> str:
    """How the samples lie in the file: `RGB;16B` where Pillow itself would hand out 8 bits."""
    arguments = image.tile[0].args if image.tile else None
    return str(arguments if isinstance(arguments, str) else arguments[0] if arguments else "")


def _orientation(info: Mapping[str | tuple[int, int], object]) -> int:
    """EXIF orientation 1..8; 1 when there is none or it is nonsense. Not `Image.getexif`: on a PNG it decodes all."""
    block = info.get("exif")
    if not isinstance(block, bytes) or not block:
        return 1
    from PIL.Image import Exif

    exif = Exif()
    try:
        exif.load(block)
        value = exif.get(_ORIENTATION, 1)
    except Exception:
        return 1
    return value if value in range(1, 9) else 1
