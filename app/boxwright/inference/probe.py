"""Probe run of a detector file: one real question, to learn what its declaration leaves open."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.inference.metadata import parse_metadata
from boxwright.inference.session import OpenSession, refuse_hungry
from boxwright.inference.spec import ModelSpec, OutputSpec, TensorSpec

_NUMBERS = ("float16", "float32", "float64", "int32", "int64")
PICTURE_TYPES = ("float32", "float16", "uint8")
# Pixels of one run, all its pictures together: 80 of 640 x 640, which is 400 MB of float32.
_MOST_PIXELS = 1 << 25
# Rows of kept boxes have a box, a label and a score, and at times a picture's number or landmarks.
_FEWEST_COLUMNS, _MOST_COLUMNS = 6, 64
_MOST_TRIED = 4
_USUAL_SIZES = (640, 416, 320, 512, 300, 224, 1024)


def split_inputs(inputs: tuple[TensorSpec, ...], file: str) -> tuple[TensorSpec, tuple[TensorSpec, ...]]:
    """The input that takes the picture and the rest. Raises ModelError when that is not clear or not usable."""
    pictures = [t for t in inputs if _takes_pictures(t)]
    if len(pictures) != 1:
        shown = "; ".join(f"{t.name} {list(t.shape)}" for t in inputs) or "none"
        raise ModelError(
            "{0} is no detector for colour pictures: it needs one input of the shape [batch, 3, height, width] or "
            "[batch, height, width, 3], but its inputs are {1}.",
            file,
            shown,
        )
    picture = pictures[0]
    if picture.dtype not in PICTURE_TYPES:
        raise ModelError(
            "{0} takes pictures as {1}; only {2} are supported, so export it with one of those as its input.",
            file,
            picture.dtype,
            ", ".join(PICTURE_TYPES),
        )
    return picture, tuple(t for t in inputs if t is not picture)


def _takes_pictures(tensor: TensorSpec) -> bool:
    if len(tensor.shape) not in (3, 4) or tensor.dtype.startswith(("int", "bool", "str")):
        return False
    # With every size open the channels are taken to come first.
    return 3 in (tensor.shape[-3], tensor.shape[-1]) or tensor.shape[-3:] == (None, None, None)


def check_size(width: int, height: int, batch: int, file: str) -> None:
    """Raises ModelError for an input that no memory holds: a damaged file, or a slip of the pen."""
    if width * height * batch > _MOST_PIXELS:
        raise ModelError(
            "The input of {0} would be {1} x {2} x {3} pixels, more than the {4:,} that "
            "fit in memory; export it with a smaller size, or say one with --input-size where the file leaves it open.",
            file,
            batch,
            width,
            height,
            _MOST_PIXELS,
        )


def size_feeds(sizes: tuple[TensorSpec, ...], batch: int, width: int, height: int) -> dict[str, Array]:
    """Answers to the inputs beside the picture: the size of the *input tensor*, so that boxes come in its pixels.

    Raises ModelError for an input that is neither a size nor a mask.
    """
    feeds: dict[str, Array] = {}
    for tensor in sizes:
        name, columns = tensor.name.lower(), tensor.shape[-1] if tensor.shape else None
        if "mask" in name and len(tensor.shape) == 3:
            # Which pixels are picture: all of them.
            sides = (tensor.shape[1] or height, tensor.shape[2] or width)
            feeds[tensor.name] = np.ones((batch, *sides), dtype=tensor.dtype)
            continue
        if (value := _limit(name)) is not None and tensor.dtype in _NUMBERS:
            shape = tuple(n or 1 for n in tensor.shape)
            feeds[tensor.name] = np.full((batch, *shape[1:]) if len(shape) > 1 else shape, value, dtype=tensor.dtype)
            continue
        if "scale" in name:
            row: tuple[float, ...] = (1.0, 1.0)
        elif "orig" in name or "target" in name:
            row = (width, height)
        elif "shape" in name or "size" in name or "info" in name:
            row = (height, width)
        elif columns == 2 and tensor.dtype.startswith("int"):
            # Two whole numbers for each picture can only be its size.
            row = (width, height)
        else:
            raise ModelError("The detector asks for an input '{0}' that this program does not know.", tensor.name)
        if columns == 3:
            row = (*row, 1.0)
        sizes_shape = (batch, len(row)) if len(tensor.shape) == 2 else (len(row),)
        feeds[tensor.name] = np.broadcast_to(np.array(row, dtype=tensor.dtype), sizes_shape).copy()
    return feeds


def _limit(name: str) -> float | None:
    """What an input of that name wants for a suppression inside: little is left out there, the rest is done here."""
    if "thresh" in name:
        return 0.6 if "iou" in name or "nms" in name else 0.01
    return 300 if "max" in name and any(part in name for part in ("box", "det", "output")) else None


def probe(opened: OpenSession, file: str, pictures: Iterable[NDArray[np.uint8]] = ()) -> ModelSpec:
    """Run one picture through the session; where it keeps no box of a plain one, some that have more to see, and then
    `pictures`, (H,W,3) BGR uint8. Raises ModelError when the file takes or gives nothing usable."""
    picture, sizes = split_inputs(opened.inputs, file)
    metadata = parse_metadata(opened.raw_metadata)
    answer, (width, height) = _first_answer(opened, picture, sizes, _sizes(picture.size, metadata.image_size), file)
    if _keeps_nothing(answer):
        more = (*busy_pictures(width, height), *islice(pictures, _MOST_TRIED))
        answer = _telling(opened, picture, sizes, (width, height), more) or answer
    outputs = tuple(OutputSpec(t.name, t.shape, np.asarray(answer[t.name])) for t in opened.outputs)
    return ModelSpec(picture, sizes, outputs, metadata, width, height)


def _sizes(declared: tuple[int | None, ...], wanted: tuple[int, int] | None) -> list[tuple[int, int]]:
    """(width, height) to try, the declared one alone when the file fixes it."""
    width, height = declared
    if height is not None and width is not None:
        return [(width, height)]
    usual = [(side, side) for side in _USUAL_SIZES]
    return [(width or w, height or h) for w, h in ([wanted, *usual] if wanted else usual)]


def _first_answer(
    opened: OpenSession,
    picture: TensorSpec,
    sizes: tuple[TensorSpec, ...],
    to_try: list[tuple[int, int]],
    file: str,
) -> tuple[Mapping[str, Array], tuple[int, int]]:
    last: Exception | None = None
    for width, height in to_try:
        check_size(width, height, _batch(picture), file)
        try:
            tensor = test_picture(width, height, picture.dtype, picture.nhwc)
            return _answer(opened, picture, sizes, tensor, (width, height)), (width, height)
        except ModelError:
            raise
        except Exception as error:  # the library's errors have no common base
            last = error
    if last is not None:
        refuse_hungry(file, last)
    reason = str(last).strip().splitlines()[0][:300] if last else Message("no size to try")
    raise ModelError("{0} cannot be run: ONNX Runtime says: {1}", file, reason)


def _batch(picture: TensorSpec) -> int:
    return (picture.shape[0] or 1) if picture.batched else 1


def _answer(
    opened: OpenSession,
    picture: TensorSpec,
    sizes: tuple[TensorSpec, ...],
    tensor: Array,
    size: tuple[int, int],
) -> Mapping[str, Array]:
    """The outputs for one picture, with one entry on their batch axis."""
    batch, names = _batch(picture), [t.name for t in opened.outputs]
    if picture.batched:
        tensor = tensor[None].repeat(batch, axis=0)
    answers = opened.session.run(names, {picture.name: tensor, **size_feeds(sizes, batch, *size)})
    return {n: np.asarray(a)[:1] if _batched(a, batch) else np.asarray(a) for n, a in zip(names, answers)}


def _keeps_nothing(answer: Mapping[str, Array]) -> bool:
    """Whether an output that may hold rows of kept boxes holds none, or only rows of zeros."""
    rows = [a for a in answer.values() if a.ndim in (2, 3) and _FEWEST_COLUMNS <= a.shape[-1] <= _MOST_COLUMNS]
    return any(np.issubdtype(a.dtype, np.floating) and not np.any(a) for a in rows)


def _telling(
    opened: OpenSession,
    picture: TensorSpec,
    sizes: tuple[TensorSpec, ...],
    size: tuple[int, int],
    pictures: Iterable[NDArray[np.uint8]],
) -> Mapping[str, Array] | None:
    """The first answer with a box in it. Nobody has said yet how pixels are scaled, so both usual ways are tried."""
    from boxwright.config.opencv import cv2

    for pixels in pictures:
        shown = np.ascontiguousarray(cv2.resize(pixels, size)[..., ::-1])
        shown = shown if picture.nhwc else shown.transpose(2, 0, 1)
        for scale in (1.0,) if picture.dtype == "uint8" else (1 / 255, 1.0):
            tensor = (shown if picture.dtype == "uint8" else shown * np.float32(scale)).astype(picture.dtype)
            try:
                answer = _answer(opened, picture, sizes, tensor, size)
            except Exception:  # it could run another picture; that is said of that one
                return None
            if not _keeps_nothing(answer):
                return answer
    return None


def busy_pictures(width: int, height: int) -> list[NDArray[np.uint8]]:
    """Two (H,W,3) pictures with patches of all colours and sizes, more to see than a grey one."""
    found = []
    for seed in (0, 1):
        rng = np.random.default_rng(seed)
        image = rng.integers(0, 256, (height, width, 3), dtype=np.uint8)
        for _ in range(24):
            x, y = int(rng.integers(0, width)), int(rng.integers(0, height))
            w, h = int(rng.integers(8, max(9, width // 3))), int(rng.integers(8, max(9, height // 3)))
            image[y : y + h, x : x + w] = rng.integers(0, 256, 3)
        found.append(image)
    return found


def _batched(answer: Any, batch: int) -> bool:
    return batch > 1 and np.ndim(answer) > 0 and np.shape(answer)[0] == batch


def test_picture(width: int, height: int, dtype: str, nhwc: bool) -> Array:
    """A grey picture with a soft pattern, (3,H,W) or (H,W,3); 0..255 for uint8, 0..1 otherwise."""
    y, x = np.mgrid[0:height, 0:width]
    wave = 0.5 + 0.1 * np.sin(x / 23.0) * np.cos(y / 31.0)
    picture = np.stack([wave] * 3, axis=2 if nhwc else 0)
    return (picture * 255 if dtype == "uint8" else picture).astype(dtype)
