"""Makes docs/images/*.png from the real window on the demo project: `python packaging/screenshots.py [DEMO_FOLDER]`.
With `--looks` only the sheet of themes and languages; with `--retraining` only those of the turn, which trains for
minutes; with `--pool` only those of the gallery, the review and the statistics; without any only the others."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["BOXWRIGHT_HOME"] = tempfile.mkdtemp(prefix="boxwright-screenshots-")

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPixmap
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog

from boxwright.config.settings import Settings
from boxwright.domain.annotation import drawn
from boxwright.domain.pool_query import Order
from boxwright.domain.progress import never
from boxwright.services.demo import make_demo
from boxwright.services.demo.truth import FILE, read_truth
from boxwright.services.prelabelling.detect import detect_chunks, open_for_pipeline
from boxwright.services.prelabelling.label_check import commit_looks, to_look_at
from boxwright.services.project.project import Project
from boxwright.ui.batches.next_batch import NextBatchDialog
from boxwright.ui.detectors.add_detector import AddDetectorDialog
from boxwright.ui.exchange.import_dialog import ImportDialog
from boxwright.ui.look.theme import apply_theme
from boxwright.ui.panels.statistics import StatisticsDialog
from boxwright.ui.project.queue import View
from boxwright.ui.project.workspace import Workspace
from boxwright.ui.retraining.dialog import RetrainDialog
from boxwright.ui.retraining.rounds import RoundsDialog
from boxwright.ui.shell.application import make_application
from boxwright.ui.shell.main_window import MainWindow
from boxwright.ui.shell.open_project import OpenProject

Dialog = TypeVar("Dialog", bound=QDialog)

OUT = Path(__file__).resolve().parent.parent / "docs" / "images"
SIZE = (1366, 768)
LABELED_IN_ROUND = (12, 16, 24, 32)
EPOCHS = 40
MINUTES = 1800


class Photographer:
    def __init__(self, demo: Path) -> None:
        self.demo = demo
        self.window = MainWindow(Settings())
        self.window.resize(*SIZE)
        self.window.show()
        self.window.activateWindow()

    def until(self, condition: Callable[[], object], seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not condition():
            QApplication.processEvents()
            time.sleep(0.005)
            if time.monotonic() > end:
                raise SystemExit("The window did not get ready for the picture.")
        for _ in range(60):
            QApplication.processEvents()
            time.sleep(0.005)

    def shoot(self, name: str, dialog: QDialog | None = None, aside: bool = False) -> None:
        """The window as a person sees it, an open dialog over its middle, or `aside` at the right so that the queue
        and the reason of the image stay in sight."""
        picture: QPixmap = self.window.grab()
        if dialog is not None:
            over = dialog.grab()
            painter = QPainter(picture)
            x, y = (picture.width() - over.width()) // 2, (picture.height() - over.height()) // 2
            x = picture.width() - over.width() - 40 if aside else x
            painter.fillRect(x - 1, y - 1, over.width() + 2, over.height() + 2, Qt.GlobalColor.gray)
            painter.drawPixmap(x, y, over)
            painter.end()
        OUT.mkdir(parents=True, exist_ok=True)
        picture.save(str(OUT / f"{name}.png"))

    def retraining(self) -> None:
        """Rounds with more and more true labels; the last detector learns for a moment only, so that it loses."""
        self.until(self.window.isVisible)
        for number, count in enumerate(LABELED_IN_ROUND, start=1):
            label_truth(self.demo, count)
            self.window.open_project(self.demo)
            self.until(lambda: self.workspace.model.labels is not None)
            if number == len(LABELED_IN_ROUND):
                self.rounds(number - 1)
            dialog = self.dialog("retrain.start", RetrainDialog)
            self.until(dialog.facts.table.topLevelItemCount)
            dialog.trainer.setCurrentIndex(dialog.trainer.findData("transfer"))
            if number == 1:
                # One after another is timed.
                self.until(partial(_timed, dialog), MINUTES)
                self.shoot("retrain-dialog", dialog)
            dialog.epochs.setValue(EPOCHS)
            if number == len(LABELED_IN_ROUND):
                # Blind on purpose, so that it loses.
                dialog.side.setValue(96)
            QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
            self.until(lambda: self.opened.retraining.running)
            if number == 2:
                self.opened.retraining.watch()
                self.until(lambda: self.epochs >= 8 or not self.opened.retraining.running, MINUTES)
                self.shoot("retrain-running")
                self.opened.retraining.watch()
            self.until(lambda: not self.opened.retraining.running, MINUTES)
            self.until(
                lambda: self.opened.retraining.comparison or not self.opened.retraining.adviser.paused,
                MINUTES,
            )
            comparison = self.opened.retraining.comparison
            if comparison is not None:
                self.until(comparison.isVisible)
                self.shoot("retrain-comparison", comparison)
                QTest.mouseClick(comparison.keep, Qt.MouseButton.LeftButton)
                self.until(lambda: not self.opened.retraining.adviser.paused)
            if number < len(LABELED_IN_ROUND):
                self.window.close_project()
        self.window.close()

    def looks(self) -> None:
        """One contact sheet: start page, labelling, settings and shortcuts in every theme, and in Korean."""
        rows = []
        for theme, language in (("light", "en"), ("dark", "en"), ("contrast", "en"), ("light", "ko")):
            self.window.change_setting(theme=theme, language=language)
            self.until(lambda: self.window.start_page.isVisible())
            # Where the demo lies is of no interest to anybody else.
            self.window.start_page.show_recent(())
            row = [self.window.grab()]
            self.window.open_project(self.demo)
            self.until(lambda: self.workspace.model.labels is not None)
            row.append(self.window.grab())
            for action in ("window.settings", "help.keys"):
                dialog = self.dialog(action, QDialog)
                self.until(dialog.isVisible)
                row.append(dialog.grab())
                dialog.reject()
                self.until(lambda: QApplication.activeModalWidget() is None)
            self.window.close_project()
            rows.append(row)
        self.window.close()
        save_sheet(rows, OUT / "looks.png")

    def rounds(self, count: int) -> None:
        dialog = self.dialog("rounds.show", RoundsDialog)
        self.until(lambda: dialog.table.topLevelItemCount() == count)
        self.shoot("rounds", dialog)
        dialog.reject()
        self.until(lambda: QApplication.activeModalWidget() is None)

    def run(self) -> None:
        self.until(self.window.isVisible)
        self.shoot("empty-start")
        self.window.open_project(self.demo)
        self.until(lambda: self.workspace.model.labels is not None)
        self.label_some()
        self.until(lambda: "·" in self.window.status.device.text())
        self.shoot("labelling")
        self.crowded()
        self.shoot("crowded")
        self.next_batch()
        self.import_report()
        self.broken_model()
        self.window.close()

    def pool(self) -> None:
        """The gallery, the review of what is labelled, and the statistics of the work before."""
        self.until(self.window.isVisible)
        look_again(self.demo)
        self.window.open_project(self.demo)
        self.until(lambda: self.workspace.model.labels is not None)
        self.label_some()
        self.opened.gallery.toggle()
        page = self.opened.gallery.page
        page.filters.order.setCurrentIndex(page.filters.order.findData(Order.UNCERTAINTY))
        page.look()
        self.until(lambda: page.grid.ids.size)
        self.until(lambda: page.grid.ids.size and page.source.tile(int(page.grid.ids[31])))
        for place, keys in ((1, Qt.KeyboardModifier.NoModifier), (3, Qt.KeyboardModifier.ShiftModifier)):
            center = page.grid.rect_of(place).center()
            QTest.mouseClick(page.grid.viewport(), Qt.MouseButton.LeftButton, keys, center)
        tiles = [page.source.tile(int(i)) for i in page.grid.ids[:40]]
        self.until(lambda: all(tile and page.source.picture(tile.image_id) for tile in tiles[:32]))
        self.shoot("gallery")
        self.opened.gallery.leave()
        self.workspace.show_list(View.REVIEW)
        self.until(lambda: self.workspace.view is View.REVIEW and self.workspace.model.labels is not None)
        self.until(lambda: self.opened.area.review.current)
        self.shoot("review")
        dialog = self.dialog("pool.statistics", StatisticsDialog)
        self.until(lambda: dialog.states.amounts)
        self.shoot("statistics", dialog)
        dialog.reject()
        self.until(lambda: QApplication.activeModalWidget() is None)
        self.window.close()

    @property
    def opened(self) -> OpenProject:
        assert self.window.opened is not None
        return self.window.opened

    @property
    def workspace(self) -> Workspace:
        return self.opened.workspace

    @property
    def epochs(self) -> int:
        run = self.opened.retraining.run
        return len(run.epochs) if run is not None else 0

    def at_row(self, row: int) -> bool:
        return self.workspace.row == row and self.workspace.model.labels is not None

    def dialog(self, action: str, kind: type[Dialog]) -> Dialog:
        self.window.live_actions[action].trigger()
        self.until(lambda: QApplication.activeModalWidget() is not None)
        dialog = QApplication.activeModalWidget()
        assert isinstance(dialog, kind)
        return dialog

    def label_some(self) -> None:
        for row in range(3):
            QTest.keyClick(self.opened.area.canvas, Qt.Key.Key_Space)
            self.until(partial(self.at_row, row + 1))
        canvas = self.opened.area.canvas
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        QTest.keyClick(canvas, Qt.Key.Key_Return)
        QTest.keyClick(canvas, Qt.Key.Key_Tab)
        self.until(lambda: self.workspace.saved)

    def crowded(self) -> None:
        """The picture of the pool with the most pre-labels."""
        counts: list[tuple[int, int]] = []
        self.workspace.reader.ask(
            lambda project: [
                (len(project.labels.load(int(i)).open_predictions(0.25)), int(i)) for i in project.images.ids()
            ],
            counts.extend,
        )
        self.until(lambda: counts)
        self.workspace.load(View.ALL)
        self.until(lambda: self.workspace.queue.batch is None)
        self.workspace.show_image(max(counts)[1])
        self.until(lambda: self.workspace.model.labels is not None)

    def next_batch(self) -> None:
        self.workspace.load(View.BATCH)
        self.until(lambda: self.workspace.queue.batch is not None)
        before = self.workspace.queue.batch
        dialog = self.dialog("batch.next", NextBatchDialog)
        self.until(lambda: "unlabelled" in dialog.plan.text())
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
        self.until(lambda: self.workspace.queue.batch != before and self.workspace.model.labels is not None)
        dialog = self.dialog("batch.next", NextBatchDialog)
        self.until(lambda: "unlabelled" in dialog.plan.text())
        self.shoot("next-batch", dialog, aside=True)
        dialog.reject()
        self.until(lambda: QApplication.activeModalWidget() is None)

    def import_report(self) -> None:
        flawed = self.demo.parent / "flawed"
        shutil.rmtree(flawed, ignore_errors=True)
        (flawed / "labels").mkdir(parents=True)
        pictures = sorted(p for p in self.demo.rglob("*.jpg"))[:40]
        (flawed / "images").symlink_to(pictures[0].parent)
        (flawed / "data.yaml").write_text("path: .\ntrain: images\nnames: [washer, bolt, nut, spring]\n")
        flaws = {3: "0 0.5 0.5 0.0 0.1\n", 9: "7 0.3 0.3 0.1 0.1\n", 17: "1 0.98 0.5 0.2 0.1\n", 21: "2 0.4 0.4\n"}
        for number, picture in enumerate(pictures):
            text = "0 0.42 0.40 0.11 0.12\n1 0.70 0.66 0.20 0.08\n" + flaws.get(number, "")
            (flawed / "labels" / f"{picture.stem}.txt").write_text(text)
        dialog = self.dialog("project.import", ImportDialog)
        dialog.path.path = flawed
        self.until(dialog.go.isEnabled)
        self.shoot("import-preview", dialog)
        QTest.mouseClick(dialog.go, Qt.MouseButton.LeftButton)
        self.until(lambda: dialog.outcome is not None or dialog.problem.text())
        self.shoot("import-report", dialog)
        dialog.reject()
        self.until(lambda: QApplication.activeModalWidget() is None)

    def broken_model(self) -> None:
        broken = self.demo.parent / "detector.onnx"
        broken.write_bytes(b"\x08\x07not a model")
        dialog = self.dialog("detector.add", AddDetectorDialog)
        dialog.file.path = broken
        self.until(lambda: dialog.problem.text())
        self.shoot("broken-model", dialog)
        dialog.reject()
        self.until(lambda: QApplication.activeModalWidget() is None)


def _timed(dialog: RetrainDialog) -> bool:
    return not any("measuring" in told.text() for told in dialog.effort.times.values())


def look_again(folder: Path) -> None:
    """As the review does in a child process."""
    with Project.open_for_writing(folder) as project:
        model = project.models.active()
        assert model is not None
        detector = open_for_pipeline(project, model, "cpu")
        for chunk in detect_chunks(project, detector, to_look_at(project, model), never):
            commit_looks(project, model, chunk)


def save_sheet(rows: list[list[QPixmap]], file: Path) -> None:
    width, height, gap = 560, 470, 8
    sheet = QPixmap(len(rows[0]) * (width + gap) + gap, len(rows) * (height + gap) + gap)
    sheet.fill(Qt.GlobalColor.gray)
    painter = QPainter(sheet)
    for y, row in enumerate(rows):
        for x, picture in enumerate(row):
            small = picture.scaled(
                width, height, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            )
            left = gap + x * (width + gap) + (width - small.width()) // 2
            painter.drawPixmap(left, gap + y * (height + gap) + (height - small.height()) // 2, small)
    painter.end()
    sheet.save(str(file))


def label_truth(folder: Path, count: int) -> None:
    """Give the first `count` images that nobody has labelled the boxes they were drawn with."""
    truth = read_truth(folder / FILE)
    with Project.open_for_writing(folder) as project:
        ids = {c.name: c.id for c in project.classes.all()}
        images = project.images.many(project.images.candidates()[:count].tolist())
        project.labels.import_labels(
            (i.id, [drawn(b.box, ids[b.name]) for b in truth[Path(i.path).name]]) for i in images
        )


def main() -> None:
    retraining, pool = "--retraining" in sys.argv, "--pool" in sys.argv
    folders = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    demo = Path(folders[0]).resolve() if folders else Path(tempfile.mkdtemp()) / "machine parts"
    if not (demo / "project.db").exists():
        make_demo(demo, lambda _: None).close()
    app = make_application()
    apply_theme(app, "light")
    photographer = Photographer(demo)
    if retraining:
        photographer.retraining()
    elif pool:
        photographer.pool()
    elif "--looks" in sys.argv:
        photographer.looks()
    else:
        photographer.run()


if __name__ == "__main__":
    main()
