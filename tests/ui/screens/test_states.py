"""Every main state on a small laptop's screen, in each look: nothing is cut, covered, faint or beyond the edge, and
what a person does next is in sight."""

from __future__ import annotations

import numpy as np
import pytest
from tests.ui.screens.faults import faults, painted
from tests.ui.screens.reference import FAR, coarse, kept, share_changed
from tests.ui.screens.stage import CONTRAST, LOOKS, Stage
from tests.ui.screens.states import STATES, State
from tests.ui.test_korean import latin

FEWEST_COLOURS = 12
NAMES = {
    "bearing", "lock", "starter", "round", "harbour", "weld", "seams", "parts", "finished", "metal", "yolo", "yolov",
    "data", "yaml", "output", "letterbox", "RGB", "backups", "loss", "epoch", "uncertainty", "score", "detection",
    "detection_entropy", "entropy", "aggregate", "mean", "boxwright", "restore", "kB", "MB", "GB",
}  # fmt: skip
"""Of the classes, detectors, projects, files and rules that the states show."""


@pytest.mark.parametrize("stage", [*LOOKS, CONTRAST], ids=lambda look: look.name, indirect=True)
@pytest.mark.parametrize("state", STATES, ids=lambda state: state.name)
def test_a_state_looks_as_it_should(stage: Stage, state: State) -> None:
    shown = state.on(stage)
    assert faults(shown) == []
    assert len(np.unique(painted(shown)[::4, ::4].reshape(-1, 3), axis=0)) >= FEWEST_COLOURS
    if stage.look in LOOKS:
        then = kept(STATES.index(state), LOOKS.index(stage.look))
        assert share_changed(coarse(shown), then) <= FAR, "look at it, then renew it: python packaging/contact_sheet.py"
    if stage.look.language == "ko":
        assert latin(shown, NAMES) == []
    wanted = state.next_step(shown)
    assert wanted is not None
    assert wanted.isVisible()
    assert wanted.isEnabled()
    assert shown.rect().contains(wanted.mapTo(shown, wanted.rect().center()))
