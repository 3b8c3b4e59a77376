"""Makes docs/images/states.png: every main state, light and dark, in English and Korean, as the tests look at them, and
the coarse pictures that the tests compare with.
`python packaging/contact_sheet.py [FOLDER]` also leaves each picture in full in FOLDER. Korean needs a font that has
it."""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["BOXWRIGHT_HOME"] = tempfile.mkdtemp(prefix="boxwright-sheet-")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PIL import Image as PillowImage
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPixmap
from tests.ui.screens.pool import make_pool
from tests.ui.screens.reference import coarse, keep
from tests.ui.screens.stage import LOOKS, Look, Stage
from tests.ui.screens.states import STATES

from boxwright.ui.shell.application import make_application

OUT = Path(__file__).resolve().parent.parent / "docs" / "images" / "states.png"
WIDTH, HEIGHT, GAP, WORDS = 208, 118, 6, 16
STATES_IN_A_ROW = 2


def photograph(look: Look, pool: Path) -> list[tuple[QPixmap, np.ndarray]]:
    stage = Stage(pool, look, Path(tempfile.mkdtemp(prefix="boxwright-look-")))
    pictures = []
    for state in STATES:
        shown = state.on(stage)
        pictures.append((shown.grab(), coarse(shown)))
    stage.close()
    return pictures


def sheet(rows: list[list[QPixmap]]) -> QImage:
    """`rows`: of each state its pictures, one a look."""
    across = STATES_IN_A_ROW * len(LOOKS)
    down = -(-len(rows) // STATES_IN_A_ROW)
    image = QImage(
        across * (WIDTH + GAP) + GAP, down * (HEIGHT + WORDS + GAP) + GAP, QImage.Format.Format_RGB32
    )  # fmt: skip
    image.fill(QColor("#8a8f98"))
    painter = QPainter(image)
    for place, (state, row) in enumerate(zip(STATES, rows, strict=True)):
        top = GAP + place // STATES_IN_A_ROW * (HEIGHT + WORDS + GAP)
        for number, picture in enumerate(row):
            left = GAP + (place % STATES_IN_A_ROW * len(LOOKS) + number) * (WIDTH + GAP)
            if number == 0:
                painter.setPen(QColor("#000000"))
                painter.drawText(left, top + WORDS - 4, state.name)
            small = picture.scaled(
                WIDTH, HEIGHT, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            painter.drawPixmap(left, top + WORDS, small)
    painter.end()
    return image


def main() -> None:
    make_application()
    pool = make_pool(Path(tempfile.mkdtemp(prefix="boxwright-pool-")))
    photographs = [photograph(look, pool) for look in LOOKS]
    columns = [[picture for picture, _ in column] for column in photographs]
    keep({(row, look): cells for look, column in enumerate(photographs) for row, (_, cells) in enumerate(column)})
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        for look, pictures in zip(LOOKS, columns, strict=True):
            for state, picture in zip(STATES, pictures, strict=True):
                picture.save(str(folder / f"{state.name}, {look.name}.png"))
    sheet([list(row) for row in zip(*columns, strict=True)]).save(str(OUT))
    # A third of the bytes, in colours of its own choice; Qt has one palette for all pictures.
    PillowImage.open(OUT).convert("RGB").quantize(192).save(OUT, optimize=True)


if __name__ == "__main__":
    main()
