"""What a survey found beside the classes that it was called, on the panel of a detector's use."""

from __future__ import annotations

from PySide6.QtTest import QTest
from tests.presence import present
from tests.ui.conftest import wait_until

from boxwright.domain.classes import LabelClass
from boxwright.domain.detector_use import DetectorUse
from boxwright.services.detectors.survey import DetectorSurvey, FoundClass, TrueBox
from boxwright.ui.detectors.use_panel import UsePanel
from boxwright.ui.project.task import BackgroundTask

NAMES = ("kite", "bird", "person")
FOUND = DetectorSurvey(
    2, (FoundClass(1, 3, 2), FoundClass(0, 1, 1)), 4, 4, 1, (TrueBox(7, (1,), True), TrueBox(8, (), False)), 1, NAMES
)


def test_a_class_is_told_with_what_its_boxes_lie_on_and_the_search_stays(qtbot):
    panel = UsePanel(lambda: BackgroundTask("Looking").start(lambda _report, _stop: FOUND))
    qtbot.addWidget(panel)
    panel.show()
    panel.fill(NAMES, [LabelClass(7, "fish", "#102030", 1), LabelClass(8, "ray", "#302010", 2)], {}, DetectorUse())
    QTest.keyClicks(panel.search, "bir")
    panel.survey()
    wait_until(lambda: panel.found is not None)
    table = panel.table
    told = [[present(table.item(row, column)).text() for column in (0, 2)] for row in range(3)]
    assert told == [["bird", "3 on 2 images, mostly on fish"], ["kite", "1 on 1 images"], ["person", "–"]]
    assert [row for row in range(3) if not table.isRowHidden(row)] == [0]
