"""How each state looked when a person last looked at it, 32 × 18 cells of colour: coarse enough for another font, fine
enough that a panel that is gone, a wrong theme or an empty list is seen. `python packaging/contact_sheet.py` renews it
with the sheet; look at the sheet before it is committed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import cv2
import numpy as np
from PySide6.QtWidgets import QWidget
from tests.presence import present
from tests.ui.screens.faults import painted

FILE = Path(__file__).with_name("reference.png")
ACROSS, DOWN = 32, 18
NEAR = 24
"""Levels of 255 by which a cell may differ in its strongest channel: text falls on other cells with another font."""
FAR = 0.12
"""The share of cells that may differ by more."""


def coarse(shown: QWidget) -> np.ndarray:
    """(18,32,3) uint8 RGB, each cell the mean of what it covers."""
    return cv2.resize(painted(shown), (ACROSS, DOWN), interpolation=cv2.INTER_AREA)


def share_changed(now: np.ndarray, then: np.ndarray) -> float:
    """Of the cells, 0..1."""
    differences = np.abs(now.astype(np.int16) - then.astype(np.int16)).max(axis=2)
    return float((differences > NEAR).mean())


def keep(pictures: Mapping[tuple[int, int], np.ndarray]) -> None:
    """By place of the state and of the look."""
    states, looks = (max(key[axis] for key in pictures) + 1 for axis in (0, 1))
    sheet = np.zeros((states * DOWN, looks * ACROSS, 3), np.uint8)
    for (state, look), cells in pictures.items():
        sheet[state * DOWN : (state + 1) * DOWN, look * ACROSS : (look + 1) * ACROSS] = cells
    FILE.write_bytes(cv2.imencode(".png", sheet[:, :, ::-1])[1].tobytes())


def kept(state: int, look: int) -> np.ndarray:
    sheet = present(cv2.imdecode(np.frombuffer(FILE.read_bytes(), np.uint8), cv2.IMREAD_COLOR))[:, :, ::-1]
    return sheet[state * DOWN : (state + 1) * DOWN, look * ACROSS : (look + 1) * ACROSS]
