"""`boxwright predict`: a detector over images, as COCO results."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click
import orjson

from boxwright.cli.assumed import assumed, assumed_text
from boxwright.cli.card_options import card_options, said_fields
from boxwright.cli.detection_options import class_agnostic_option, device_option
from boxwright.cli.output import emit, json_option, progress_bar
from boxwright.config.atomic import atomic_write
from boxwright.domain.errors import FormatError
from boxwright.domain.suppression import Suppression
from boxwright.services.prelabelling.predict import find_images, open_file, predict_images


@click.command("predict")
@click.argument("file", type=click.Path(path_type=Path))
@click.argument("images", type=click.Path(path_type=Path), nargs=-1, required=True)
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The JSON file to write.")
@click.option("--truth", type=click.Path(path_type=Path), help="A COCO file; image ids are taken from it by file name.")
@click.option("--conf", type=click.FloatRange(0, 1), default=0.05, show_default=True, help="Lowest score kept.")
@click.option(
    "--iou", type=click.FloatRange(0, 1), default=0.6, show_default=True, help="Overlap above which NMS acts."
)
@device_option
@class_agnostic_option
@card_options
@json_option
def command(
    file: Path,
    images: tuple[Path, ...],
    out: Path,
    truth: Path | None,
    conf: float,
    iou: float,
    device: str,
    class_agnostic: bool | None,
    as_json: bool,
    **options: Any,
) -> None:
    """Run the detector FILE.onnx on IMAGES, files or folders, and write COCO results with the class vector of each box.

    `category_id` is the class's index from 0; `file_name` and `category` name the image and the class.
    """
    found = find_images(images)
    ids = _ids(truth) if truth else None
    detector = open_file(file, said_fields(options), device, found)
    with progress_bar("Detecting") as report:
        result = predict_images(detector, found, conf, Suppression(iou, bool(class_agnostic)), ids, report)
    try:
        atomic_write(out, orjson.dumps(result.results, option=orjson.OPT_SERIALIZE_NUMPY))
    except OSError as error:
        raise FormatError(f"The results could not be written to {out}: {error.strerror or error}.") from error
    problems = [{"file": path, "what": what} for path, what in result.problems]
    summary = {
        "images": result.images,
        "boxes": len(result.results),
        "layout": detector.card.layout,
        "kind": str(detector.card.kind),
        "assumed": assumed(detector.card),
        "device": detector.device,
        "seconds": round(result.seconds, 3),
        "out": str(out),
        "problems": problems,
    }
    lines = [
        detector.device_note,
        assumed_text(detector.card),
        *(f"{p['file']}: {p['what']}" for p in problems),
        f"{len(result.results)} boxes on {result.images} images in {out}, read as {detector.card.layout} "
        f"on {detector.device} in {result.seconds:.1f} s.",
    ]
    emit(summary, "\n".join(line for line in lines if line), as_json)


def _ids(truth: Path) -> dict[str, int]:
    try:
        data = orjson.loads(truth.read_bytes())
        return {str(image["file_name"]): int(image["id"]) for image in data["images"]}
    except OSError as error:
        raise FormatError(f"{truth} cannot be read: {error.strerror or error}.") from error
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise FormatError(f"{truth.name} is no COCO file with images, ids and file names.") from error
