"""What is labelled, reviewed with a detector that looks again: a real one, real keys, and what is on disk after."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.colours import BLACK, make_pool
from tests.pools import id_of
from tests.presence import present
from tests.ui.conftest import Driver, stored

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import EditKind, add, combined, set_state
from boxwright.domain.finding import Disagreement
from boxwright.domain.image import ImageState
from boxwright.domain.labels import ImageLabels, Standing
from boxwright.domain.pool_query import Kind, Order, PoolQuery
from boxwright.domain.prediction import Detections, ImagePredictions, ProbKind
from boxwright.domain.progress import never
from boxwright.domain.review import open_findings
from boxwright.services.importing.prelabels import REVIEW
from boxwright.services.prelabelling.detect import detect_chunks, open_for_pipeline
from boxwright.services.prelabelling.label_check import commit_looks, to_look_at
from boxwright.services.project.gallery import find
from boxwright.services.project.project import Project
from boxwright.ui.labelling import commands
from boxwright.ui.project.queue import View

CONTROL = Qt.KeyboardModifier.ControlModifier
RED = (230, 10, 10)
MIDDLE = Box(24, 24, 72, 72)
"""Where the detector of `tests.colours` sees its one box."""

OFF = MIDDLE.moved(10, 0)
NAMES = ("agreed", "missing", "named", "misplaced", "extra", "to do")


@pytest.fixture
def pool(tmp_path: Path) -> Path:
    """Five labelled pictures, four of which the detector sees otherwise, and one that nobody has labelled."""
    colours = {f"{name}.png": BLACK if name == "extra" else RED for name in NAMES}
    with make_pool(tmp_path, colours) as project:
        classes = {c.name: c.id for c in project.classes.all()}
        boxes = {
            "agreed": [drawn(MIDDLE, classes["red"])],
            "missing": [],
            "named": [drawn(MIDDLE, classes["green"])],
            "misplaced": [drawn(OFF, classes["red"])],
            "extra": [drawn(MIDDLE, classes["red"])],
        }
        for name, own in boxes.items():
            id_ = id_of(project, f"{name}.png")
            labels = project.labels.load(id_)
            done = [*(add(a) for a in own), set_state(labels, ImageState.LABELED, EditKind.MARK_LABELLED)]
            project.labels.apply(id_, combined(EditKind.OTHER, done))
    return tmp_path / "project"


def by_name(folder: Path, name: str) -> ImageLabels:
    with Project.open(folder, read_only=True) as project:
        id_ = id_of(project, f"{name}.png")
    return stored(folder, id_)


def look_again(folder: Path) -> None:
    """What the child process and the writer do between them."""
    with Project.open(folder) as project:
        model = project.models.active()
        assert model is not None
        detector = open_for_pipeline(project, model, "cpu")
        for chunk in detect_chunks(project, detector, to_look_at(project, model), never):
            commit_looks(project, model, chunk)


@pytest.fixture
def reviewed(driver: Driver, pool: Path) -> Driver:
    """The detector has looked again, and the list is on screen."""
    look_again(pool)
    driver.open(pool)
    show_list(driver)
    return driver


def show_list(driver: Driver) -> None:
    driver.key(Qt.Key.Key_L, CONTROL)
    dialog: Any = driver.dialog()
    driver.until(lambda: dialog.show_list.isEnabled())
    QTest.mouseClick(dialog.show_list, Qt.MouseButton.LeftButton)
    driver.until(lambda: driver.workspace.queue.view is View.REVIEW)
    driver.shown()


def test_the_present_detector_looks_again_in_the_background(driver, pool):
    driver.open(pool)
    driver.key(Qt.Key.Key_L, CONTROL)
    dialog = driver.dialog()
    driver.until(lambda: "5 labelled images to look at. No finding waits" in dialog.words.text())
    QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
    driver.until(lambda: driver.workspace.queue.view is View.REVIEW)
    driver.shown()
    assert "4 findings on 5 images. Nothing was changed." in driver.window.status.currentMessage()
    assert len(driver.workspace.queue) == 4


def shown_name(driver: Driver) -> str:
    return present(driver.window.opened).area.image_area.name.text().removesuffix(".png")


def go_to(driver: Driver, name: str) -> None:
    with Project.open(driver.workspace.project.folder, read_only=True) as project:
        id_ = id_of(project, f"{name}.png")
    driver.workspace.show_image(id_)
    driver.until(lambda: driver.workspace.model.labels is not None and driver.labels.image_id == id_)


def words(driver: Driver) -> str:
    return present(driver.window.opened).area.image_area.review.words.text()


def cards(driver: Driver) -> list[tuple[str, str, str]]:
    """What each row of the list says: kind and classes, weight, image."""
    model = present(driver.window.opened).area.queue_panel.finding_model
    driver.until(lambda: all(bool((c := model.card(p)).name and c.reason) for p in range(model.rowCount())))
    found = [model.card(p) for p in range(model.rowCount())]
    return [(card.name, card.state, card.reason.removesuffix(".png")) for card in found]


def test_what_disagrees_is_listed_the_largest_first_and_nothing_has_changed(reviewed, pool):
    assert cards(reviewed) == [
        ("red", "Missing · 0.90", "missing"),
        ("green → red", "Other class · 0.86", "named"),
        ("red", "Not seen · 0.50", "extra"),
        ("red", "Badly placed · 0.31", "misplaced"),
    ]
    assert by_name(pool, "missing").confirmed_empty
    assert not by_name(pool, "to do").findings, "an image to do has pre-labels, not findings"
    assert [a.box for a in by_name(pool, "misplaced").annotations.values()] == [OFF]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("missing", "The detector sees “red” here (score 0.90); you have no box."),
        ("named", "You say “green”, the detector says “red” (score 0.90)."),
        ("misplaced", "The detector places this “red” elsewhere: 66% overlap."),
        ("extra", "You have a box “red” here; the detector sees no such thing."),
    ],
)
def test_a_finding_is_told_in_a_sentence_and_its_box_is_selected(reviewed, name, said):
    go_to(reviewed, name)
    assert words(reviewed) == said
    assert len(reviewed.workspace.model.selection) == 1


def test_one_key_does_what_the_detector_says_and_goes_on(reviewed, pool):
    reviewed.canvas.setFocus()
    for name in ("missing", "named", "extra", "misplaced"):
        reviewed.until(lambda name=name: shown_name(reviewed) == name and reviewed.workspace.model.labels is not None)
        reviewed.key(Qt.Key.Key_I)
    reviewed.until(lambda: "Every finding" in reviewed.window.status.currentMessage())
    reviewed.saved()
    red = reviewed.workspace.model.classes[0].id
    for name in ("missing", "named", "misplaced"):
        (box,) = by_name(pool, name).annotations.values()
        assert (box.class_id, box.box) == (red, MIDDLE), name
    assert by_name(pool, "extra").confirmed_empty
    assert reviewed.workspace.queue.done == 4


def test_one_key_keeps_what_is_there_and_the_finding_does_not_come_again(reviewed, pool):
    before = {name: list(by_name(pool, name).annotations.values()) for name in NAMES}
    reviewed.canvas.setFocus()
    for name in ("missing", "named", "extra", "misplaced"):
        reviewed.until(lambda name=name: shown_name(reviewed) == name and reviewed.workspace.model.labels is not None)
        reviewed.key(Qt.Key.Key_K)
    reviewed.saved()
    assert {name: list(by_name(pool, name).annotations.values()) for name in NAMES} == before
    with Project.open(pool, read_only=True) as project:
        assert not len(project.reviews.waiting()[0])


@pytest.mark.parametrize("key", [Qt.Key.Key_I, Qt.Key.Key_K])
@pytest.mark.parametrize("name", ["missing", "named", "extra", "misplaced"])
def test_a_decision_is_one_step_back(reviewed, pool, name, key):
    go_to(reviewed, name)
    before = by_name(pool, name)
    reviewed.canvas.setFocus()
    reviewed.key(key)
    reviewed.saved()
    go_to(reviewed, name)
    reviewed.key(Qt.Key.Key_Z, CONTROL)
    reviewed.saved()
    after = by_name(pool, name)
    assert list(after.annotations.values()) == list(before.annotations.values())
    assert (after.standings, after.kept) == (before.standings, before.kept)
    assert reviewed.window.opened.area.review.open


def test_space_takes_nothing_that_would_double_a_box(reviewed, pool):
    for name in ("named", "misplaced"):
        go_to(reviewed, name)
        reviewed.canvas.setFocus()
        reviewed.key(Qt.Key.Key_Space)
        reviewed.saved()
        assert len(by_name(pool, name).annotations) == 1
    go_to(reviewed, "named")
    reviewed.key(Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    reviewed.saved()
    assert len(by_name(pool, "named").annotations) == 1


def test_return_on_a_box_that_disputes_corrects_the_persons(reviewed, pool):
    go_to(reviewed, "misplaced")
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_Return)
    reviewed.saved()
    (box,) = by_name(pool, "misplaced").annotations.values()
    assert box.box == MIDDLE


@pytest.mark.parametrize("name", ["named", "misplaced"])
def test_dragging_the_detectors_box_moves_the_persons_and_makes_no_second(reviewed, pool, name):
    go_to(reviewed, name)
    (before,) = reviewed.labels.annotations.values()
    canvas, red = reviewed.canvas, reviewed.workspace.model.classes[0].id
    canvas.setFocus()
    for _ in range(3):
        reviewed.key(Qt.Key.Key_Down)
    (after,) = reviewed.labels.annotations.values()
    assert (after.uid, after.class_id) == (before.uid, red)
    assert after.box == MIDDLE.moved(0, 3)
    assert reviewed.workspace.model.selection == (("annotation", before.uid),)
    assert not reviewed.window.opened.area.review.open
    reviewed.key(Qt.Key.Key_Z, CONTROL)
    assert reviewed.labels.annotations == {before.uid: before}
    assert len(reviewed.window.opened.area.review.open) == 1


@pytest.mark.parametrize("name", ["named", "misplaced"])
def test_a_digit_on_the_detectors_box_names_the_persons_and_makes_no_second(reviewed, pool, name):
    go_to(reviewed, name)
    (before,) = reviewed.labels.annotations.values()
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_3)
    (after,) = reviewed.labels.annotations.values()
    assert (after.uid, after.class_id) == (before.uid, reviewed.workspace.model.classes[2].id)
    assert after.box == MIDDLE
    reviewed.key(Qt.Key.Key_Z, CONTROL)
    assert reviewed.labels.annotations == {before.uid: before}
    reviewed.saved()


def test_a_box_put_right_by_hand_is_no_finding_any_more_and_undo_brings_it_back(reviewed, pool):
    go_to(reviewed, "named")
    model = reviewed.workspace.model
    model.select([("annotation", next(iter(reviewed.labels.annotations)))])
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_1)
    assert not reviewed.window.opened.area.review.open
    reviewed.saved()
    assert waiting(pool) == {"missing", "extra", "misplaced"}
    reviewed.key(Qt.Key.Key_Z, CONTROL)
    assert [f.kind for f in reviewed.window.opened.area.review.open] == [Disagreement.NAMED]
    reviewed.saved()
    assert waiting(pool) == {"missing", "named", "extra", "misplaced"}


def test_a_box_drawn_where_the_detector_missed_one_settles_it(reviewed, pool):
    go_to(reviewed, "missing")
    commands.draw(reviewed.workspace.model, MIDDLE.moved(2, 2))
    assert not reviewed.window.opened.area.review.open
    reviewed.saved()
    assert waiting(pool) == {"named", "extra", "misplaced"}


def test_a_box_the_detector_agreed_with_becomes_a_finding_when_it_is_renamed(driver, pool):
    look_again(pool)
    driver.open(pool)
    go_to(driver, "agreed")
    driver.workspace.model.select(driver.workspace.model.visible_keys()[:1])
    driver.canvas.setFocus()
    driver.key(Qt.Key.Key_2)
    driver.saved()
    assert waiting(pool) == {"agreed", "missing", "named", "extra", "misplaced"}
    with Project.open(pool, read_only=True) as project:
        labels = project.labels.load(id_of(project, "agreed.png"))
    assert [f.kind for f in open_findings(labels)] == [Disagreement.NAMED]


def waiting(folder: Path) -> set[str]:
    """Names of the images on disk with something to decide."""
    with Project.open(folder, read_only=True) as project:
        return {i.path.removesuffix(".png") for i in project.images.many(project.reviews.waiting()[0].tolist())}


def test_return_in_the_list_fixes_one_finding_after_another_without_leaving_the_keyboard(reviewed, pool):
    view = reviewed.window.opened.area.queue_panel.finding_view
    view.setFocus()
    reviewed.key(Qt.Key.Key_Down)
    reviewed.until(lambda: shown_name(reviewed) == "named" and bool(reviewed.window.opened.area.review.current))
    reviewed.key(Qt.Key.Key_Return)
    reviewed.until(lambda: shown_name(reviewed) == "extra" and bool(reviewed.window.opened.area.review.current))
    assert view.hasFocus()
    reviewed.key(Qt.Key.Key_Return)
    reviewed.until(lambda: shown_name(reviewed) == "misplaced")
    reviewed.saved()
    assert waiting(pool) == {"missing", "misplaced"}
    assert [state for _, state, _ in cards(reviewed)] == [
        "Missing · 0.90", "decided", "decided", "Badly placed · 0.31",
    ]  # fmt: skip
    panel = reviewed.window.opened.area.queue_panel
    reviewed.until(lambda: panel.progress.format() == "2 of 4 done")


def test_a_decision_taken_back_is_the_one_to_decide_again(reviewed):
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_I)
    reviewed.until(lambda: shown_name(reviewed) == "named" and bool(reviewed.window.opened.area.review.current))
    reviewed.key(Qt.Key.Key_Z, CONTROL)
    reviewed.until(lambda: shown_name(reviewed) == "missing" and reviewed.workspace.model.labels is not None)
    reviewed.key(Qt.Key.Key_Z, CONTROL)
    assert reviewed.window.opened.area.review.row == 0
    assert reviewed.window.opened.area.review.current.kind is Disagreement.MISSING
    reviewed.key(Qt.Key.Key_Return)
    reviewed.until(lambda: shown_name(reviewed) == "named")


def test_one_kind_is_reviewed_alone(reviewed):
    kinds = reviewed.window.opened.area.queue_panel.show_only
    # Counted later than the list is there.
    reviewed.until(lambda: kinds.findData(Disagreement.MISPLACED) == 3)
    for _ in range(3):
        # The canvas has the keyboard after each choice.
        kinds.setFocus()
        QTest.keyClick(kinds, Qt.Key.Key_Down)
    assert [image for *_, image in cards(reviewed)] == ["misplaced"]
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_Period)
    reviewed.until(lambda: shown_name(reviewed) == "misplaced")


def test_a_click_on_a_row_shows_its_finding(reviewed):
    view = reviewed.window.opened.area.queue_panel.finding_view
    place = view.visualRect(view.model().index(2, 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    reviewed.until(lambda: shown_name(reviewed) == "extra" and bool(reviewed.window.opened.area.review.current))
    assert reviewed.canvas.hasFocus()


def test_return_on_the_canvas_does_what_the_detector_says_and_goes_on(reviewed):
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_Return)
    reviewed.until(lambda: shown_name(reviewed) == "named")


def test_keys_go_from_finding_to_finding_over_the_images(reviewed):
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_Period)
    reviewed.until(lambda: shown_name(reviewed) == "named")
    reviewed.shown()
    reviewed.key(Qt.Key.Key_Comma)
    reviewed.until(lambda: shown_name(reviewed) == "missing")


def test_a_deleted_box_turns_its_finding_into_a_missing_one(reviewed):
    go_to(reviewed, "misplaced")
    own = next(iter(reviewed.labels.annotations))
    reviewed.workspace.model.select([("annotation", own)])
    reviewed.canvas.setFocus()
    reviewed.key(Qt.Key.Key_X)
    (finding,) = reviewed.window.opened.area.review.open
    assert finding.kind is Disagreement.MISSING


def test_boxes_of_an_import_wait_in_the_same_list(driver, pool):
    with Project.open(pool) as project:
        card = present(project.models.active()).card
        other = project.models.add("to review: set", "", "9" * 64, _review_card(card), {0: 1, 1: 2, 2: 3})
        probs = np.array([[0.0, 0.0, 0.95]], np.float32)
        seen = Detections(
            np.array([[1, 1, 9, 9]], np.float32), probs.max(1), probs.argmax(1), probs, ProbKind.SCORE, 0.95
        )
        project.predictions.replace(other.id, [ImagePredictions(id_of(project, "agreed.png"), seen)], review=True)
    look_again(pool)
    driver.open(pool)
    show_list(driver)
    assert len(driver.workspace.queue) == 5
    assert shown_name(driver) == "agreed"
    assert words(driver) == "The imported dataset has “blue” here; you have no box."
    driver.canvas.setFocus()
    driver.key(Qt.Key.Key_K)
    driver.saved()
    assert list(by_name(pool, "agreed").standings.values()) == [Standing.REJECTED] or driver.workspace.queue.done == 1


def _review_card(card):
    from dataclasses import replace

    return replace(card, layout=REVIEW, kind=ProbKind.SCORE)


def test_looking_again_finds_nothing_new_to_look_at(reviewed, pool):
    reviewed.key(Qt.Key.Key_L, CONTROL)
    dialog = reviewed.dialog()
    reviewed.until(lambda: "has looked at every labelled image" in dialog.words.text())
    assert not dialog.go.isEnabled()
    assert "4 findings on 4 images wait for you" in dialog.words.text()
    QTest.mouseClick(dialog.show_list, Qt.MouseButton.LeftButton)
    reviewed.until(lambda: reviewed.workspace.queue.view is View.REVIEW)


def test_the_gallery_finds_and_sorts_what_the_detector_disputes(driver, pool):
    look_again(pool)
    with Project.open(pool, read_only=True) as project:
        found = find(project, PoolQuery(kind=Kind.DISPUTED, order=Order.DISAGREEMENT))
        names = [image.path.removesuffix(".png") for image in project.images.many(found.ids.tolist())]
        everything = find(project, PoolQuery(order=Order.DISAGREEMENT, backwards=True))
    assert names == ["missing", "named", "extra", "misplaced"]
    assert found.figures is not None and (np.diff(found.figures) <= 0).all()
    assert len(everything.ids) == len(NAMES)
    assert everything.figures is not None and np.isnan(everything.figures[-2:]).all()


def test_the_gallery_is_narrowed_to_what_is_disputed_by_hand(driver, pool):
    look_again(pool)
    driver.open(pool)
    driver.key(Qt.Key.Key_G, CONTROL)
    page = driver.window.opened.gallery.page
    driver.until(lambda: len(page.grid.ids) == len(NAMES))
    page.filters.kind.setFocus()
    QTest.keyClicks(page.filters.kind, "det")
    QTest.keyClick(page.filters.kind, Qt.Key.Key_Return)
    driver.until(lambda: len(page.grid.ids) == 4)
    assert page.filters.query().kind is Kind.DISPUTED
