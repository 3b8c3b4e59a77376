"""Small pictures of a preview's images with their boxes drawn."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

from boxwright.domain.classes import default_color
from boxwright.services.importing.preview import Sample

SIDE = 320


def picture(sample: Sample, names: Sequence[str], side: int = SIDE) -> bytes:
    """A PNG of `sample`, its longer side `side` pixels at most, each box with its class in the class's colour. Raises
    ImageReadError."""
    from PIL import Image, ImageDraw, ImageFont

    from boxwright.imaging.read import read_image

    pixels = read_image(Path(sample.file), max_side=side)
    drawn = Image.fromarray(pixels[:, :, ::-1].copy())
    drawn.thumbnail((side, side))
    scale = (drawn.width / sample.width, drawn.height / sample.height)
    draw = ImageDraw.Draw(drawn)
    font = ImageFont.load_default(11)
    for (x1, y1, x2, y2), label, score in sample.boxes:
        color = default_color(label)
        corners = (x1 * scale[0], y1 * scale[1], x2 * scale[0], y2 * scale[1])
        draw.rectangle(corners, outline=color, width=2)
        words = names[label][:24] if score is None else f"{names[label][:24]} {score:.2f}"
        at = (corners[0] + 2, max(0.0, corners[1] - 13))
        place = draw.textbbox(at, words, font=font)
        # Where it would lie over its neighbours the colour has to tell.
        if place[2] <= corners[2] + 2:
            draw.rectangle(place, fill=color)
            draw.text(at, words, fill="black", font=font)
    out = io.BytesIO()
    drawn.save(out, "PNG")
    return out.getvalue()
