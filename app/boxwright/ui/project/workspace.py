"""Workspace of an open project: what is shown, what comes next, and whether it is saved."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from boxwright.domain.classes import LabelClass
from boxwright.domain.finding import Disagreement
from boxwright.domain.image import Image
from boxwright.domain.labels import ImageLabels
from boxwright.domain.model import Model
from boxwright.services.images.decoded import DecodedImage, ImageLoader, PictureKey
from boxwright.ui.labelling.session import SessionModel
from boxwright.ui.language.translation import tr
from boxwright.ui.look.pixels import to_qimage
from boxwright.ui.project.device_probe import DeviceProbe
from boxwright.ui.project.follow_edits import follow_edits
from boxwright.ui.project.outage import Outage
from boxwright.ui.project.queue import EMPTY, Queue, Show, View
from boxwright.ui.project.queue_load import load_queue
from boxwright.ui.project.reader import ProjectReader
from boxwright.ui.project.saving import Saver

if TYPE_CHECKING:
    from boxwright.services.project.project import Project
    from boxwright.services.project.writer import WriteQueue

logger = logging.getLogger(__name__)

AHEAD, BEHIND = 3, 1
RECORDS_KEPT = 64


@dataclass(frozen=True)
class ImageRecord:
    """Facts that the pool knows of an image. `detectors`: prediction id -> name of its detector. `other`: its file
    is not the one that the pool knows; sizes are those of the file. `mtime_ns` of the file, 0 where it is gone."""

    image: Image
    file: Path
    labels: ImageLabels
    detectors: Mapping[int, str]
    other: bool = False
    mtime_ns: int = 0


def load_record(project: Project, image_id: int) -> ImageRecord:
    from boxwright.services.images.file_check import as_on_disk

    on_disk = as_on_disk(project, project.images.get(image_id), project.labels.load(image_id))
    return ImageRecord(
        on_disk.image,
        project.images.file(image_id),
        on_disk.labels,
        project.predictions.detectors(image_id),
        on_disk.other,
        on_disk.mtime_ns,
    )


class Workspace(QObject):
    """Open project on screen, one at a time. Panels read `model`, `queue`, `row`, `record`, and listen to signals."""

    queue_changed = Signal()
    row_changed = Signal(int)
    marks_changed = Signal(int)  # the row whose state changed
    findings_changed = Signal(list)  # rows of the list of findings
    record_shown = Signal(object)  # ImageRecord; labels of `model` are already its own
    picture_changed = Signal(object)  # DecodedImage | None (still decoding) of the current record
    saving_changed = Signal(object, str)  # SavingState, one sentence when it failed
    detector_changed = Signal(str)  # words for the status line
    failed = Signal(str)
    _picture_read = Signal(object)

    def __init__(
        self,
        project: Project,
        writer: WriteQueue | None,
        max_side: int,
        cache_bytes: int,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.project, self.writer = project, writer
        self.model = SessionModel(writer, project.classes.all(), project.read_only_reason, self)
        self.reader = ProjectReader(project, self)
        self.queue: Queue = EMPTY
        self.queue_loaded = False
        self.row = -1
        self.detector: Model | None = None
        self.record: ImageRecord | None = None
        self.view = View.BATCH
        self._max_side = max_side
        self._full = False
        self._records: dict[int, ImageRecord] = {}
        # Image id -> number of the question whose answer is still good.
        self._asked: dict[int, int] = {}
        self._questions = 0
        self._device = ""
        self.device_probe = DeviceProbe(project, self)
        self.device_probe.found.connect(self._note_device)
        self.saver = Saver(writer, self)
        self.coming: Callable[[], Sequence[int]] | None = None
        """Images to be decoded ahead where they are not the neighbours in the queue, the next one first."""
        self._connect(cache_bytes)
        self.outage = Outage(self._file_on_screen, self._read_again, self)
        self.picture_changed.connect(self.outage.heard)

    def _connect(self, cache_bytes: int) -> None:
        self.pictures = ImageLoader(to_qimage, self._picture_read.emit, cache_bytes)
        self._picture_read.connect(self._picture_arrived)
        follow_edits(self.saver, self.model, lambda: self.record.image if self.record is not None else None)
        self.saver.changed.connect(self.saving_changed)
        self.saver.written.connect(self._forget_records)
        self.reader.failed.connect(self.failed)
        self.model.edited.connect(self._set_mark)

    # --- queue -----------------------------------------------------------------------------------------------------

    def load(self, view: View = View.BATCH, then: Callable[[], None] | None = None, hold: bool = False) -> None:
        """Read the queue anew. The person stays on the image where they are, also when the same list has it no more;
        another list shows its first unlabelled image unless it has the current one, or `hold` says to stay."""
        show, again = (self.queue.show, True) if view is self.view else (Show.ALL, False)
        self.view = view

        def arrived(loaded: tuple[Queue, Model | None]) -> None:
            here_or_coming = self.record.image.id if self.record else self._current_id()
            loaded[0].filter(show)
            self.row = loaded[0].take_over(self.queue, self.row, here_or_coming, again)
            self.queue = loaded[0]
            self.queue_loaded = True
            self._set_detector(loaded[1], hold)
            if self.saver.saved:
                self.saver.tell()
            self.queue_changed.emit()
            if not len(self.queue):
                self._show_nothing()
            elif self.row < 0 and not (self.record is not None and (hold or self.queue.gap >= 0)):
                self.show_row(self.queue.first_open())
            else:
                self.row_changed.emit(self.row)
                self.look_ahead()
            if then is not None:
                then()

        self.reader.ask(lambda project: (load_queue(project, view), project.models.active()), arrived)

    def filter_queue(self, show: Show | Disagreement | None) -> None:
        """Let only some rows through; the image on screen stays until the person goes on."""
        self.queue.filter(show)
        self.queue_changed.emit()
        self.row_changed.emit(self.row)
        self.look_ahead()

    def show_list(self, view: View) -> None:
        """Show `view` from its first image that is to do."""
        self._forget_records()
        self.row, self.record = -1, None
        self.load(view)

    def show_row(self, row: int) -> None:
        """Make the image of `row` current; rows outside the queue are ignored."""
        if not 0 <= row < len(self.queue) or row == self.row:
            return
        self.row, self.record, self._full = row, None, False
        self.row_changed.emit(row)
        self.look_ahead()
        self._show_when_ready()

    def show_image(self, image_id: int) -> None:
        """Show an image by id; one that is not in the queue is not shown."""
        row = self.queue.row_of(image_id)
        if row is not None:
            self.show_row(row)

    def open_image(self, image_id: int) -> None:
        """Show an image by id, with the whole pool as the queue when it is not in this one."""
        if self.queue.row_of(image_id) is not None:
            self.show_image(image_id)
        else:
            self.load(View.ALL, then=lambda: self.show_image(image_id))

    def step(self, by: int) -> bool:
        """Next or previous row; False at either end."""
        target = self.queue.neighbour(self.row, by)
        if target is None:
            return False
        self.show_row(target)
        return True

    def go_on(self) -> bool:
        """To the next unlabelled image; False when there is none left."""
        row = self.queue.next_open(self.row)
        if row is None:
            return False
        self.show_row(row)
        return True

    # --- showing ---------------------------------------------------------------------------------------------------

    def want_full_picture(self) -> None:
        """The person zoomed in past the reduced picture."""
        picture = self._picture()
        if self.record is None or self._full or picture is None or picture.pixels is None:
            return
        if picture.pixels.width() < self.record.image.width:
            self._full = True
            self.look_ahead()
            self._show_picture()

    @property
    def shown_scale(self) -> float | None:
        """Pixels of the picture on screen per pixel of the image; None while there is none."""
        picture = self._picture()
        if picture is None or picture.pixels is None or self.record is None or not self.record.image.width:
            return None
        return float(picture.pixels.width() / self.record.image.width)

    def _current_id(self) -> int | None:
        return int(self.queue.ids[self.row]) if 0 <= self.row < len(self.queue) else None

    def _key(self, record: ImageRecord, full: bool = False) -> PictureKey:
        return PictureKey(record.file, None if full else self._max_side, record.mtime_ns)

    def _picture(self) -> DecodedImage[Any] | None:
        if self.record is None:
            return None
        if self.record.image.problem:
            return DecodedImage(None, 0, self.record.image.problem)
        full = self.pictures.get(self._key(self.record, True)) if self._full else None
        return full or self.pictures.get(self._key(self.record))

    def look_ahead(self) -> None:
        """Ask for what is on screen and around it."""
        ids = self.queue.around(self.row, AHEAD, BEHIND)
        if self.coming is not None and self.queue.findings is not None:
            ids = list(dict.fromkeys([*self.queue.around(self.row, 0, 0), *self.coming()]))
        for image_id in ids:
            self._ask_record(image_id)
        records = [self._records[i] for i in ids if i in self._records]
        shown = self.record if self.record is not None and not self.record.image.problem else None
        on_screen = [self._key(shown, full) for full in (False, True)[: 1 + self._full]] if shown else []
        ahead = [self._key(r) for r in records if not r.image.problem]
        self.pictures.want([*on_screen, *(key for key in ahead if key not in on_screen)], max(1, len(on_screen)))

    def _ask_record(self, image_id: int) -> None:
        if image_id in self._records or image_id in self._asked:
            return
        self._questions += 1
        self._asked[image_id] = number = self._questions
        self.reader.ask(lambda project: load_record(project, image_id), lambda record: self._took(record, number))

    def _took(self, record: ImageRecord, number: int) -> None:
        if self._asked.get(record.image.id) != number:
            return
        del self._asked[record.image.id]
        self._records[record.image.id] = record
        while len(self._records) > RECORDS_KEPT:
            del self._records[next(iter(self._records))]
        self.look_ahead()
        if self.record is None and record.image.id == self._current_id():
            self._show_when_ready()

    def _show_when_ready(self) -> None:
        """Labels and picture appear together: boxes over the wrong picture would be worse than a moment of nothing."""
        image_id = self._current_id()
        record = self._records.get(image_id) if image_id is not None else None
        if record is not None and self.record is None:
            # What could not be read a while ago is tried again for whoever looks at it.
            self.pictures.forget_failed(record.file)
            labels = self.saver.unsaved(record.image.id)
            self.record = replace(record, labels=labels) if labels is not None else record
        if self.record is None or self._picture() is None:
            if self.model.labels is not None:
                self.model.show(None)
            self.picture_changed.emit(None)
            return
        self._take_class_map()
        self.model.detectors = self.record.detectors
        self.model.show(self.record.labels)
        self.record_shown.emit(self.record)
        self._show_picture()

    def _show_nothing(self) -> None:
        """The queue is empty: what was shown before is not part of it."""
        self.record = None
        self.row_changed.emit(-1)
        self._show_when_ready()

    def _show_picture(self) -> None:
        picture = self._picture()
        if picture is not None:
            self.picture_changed.emit(picture)

    def _picture_arrived(self, key: PictureKey) -> None:
        if self.record is None or key.path != self.record.file:
            return
        if self.model.labels is None:
            self._show_when_ready()
        elif key.max_side is None or self.outage.lasts:
            self._show_picture()

    def _file_on_screen(self) -> Path | None:
        return self.record.file if self.record is not None and not self.record.image.problem else None

    def _read_again(self, file: Path) -> None:
        self.pictures.forget_failed(file)
        self.look_ahead()

    def _set_detector(self, detector: Model | None, hold: bool) -> None:
        self.detector = detector
        if not hold or self.record is None:
            self._take_class_map()
        self.tell_detector()
        if detector is not None and not self._device:
            self.device_probe.ask(detector.id)

    def _take_class_map(self) -> None:
        """Of the detector whose pre-labels are shown from now on."""
        self.model.class_map = self.detector.class_map if self.detector else {}

    def tell_detector(self) -> None:
        words = tr("Detector: {0}").format(self.detector.name) if self.detector else tr("No detector yet")
        self.detector_changed.emit(f"{words} · {self._device}" if self.detector and self._device else words)

    def _note_device(self, device: str) -> None:
        self._device = device
        self.tell_detector()

    # --- saving ----------------------------------------------------------------------------------------------------

    @property
    def saved(self) -> bool:
        return self.saver.saved

    def flush(self, timeout: float = 10.0) -> bool:
        """Wait until every edit is on disk; False when the disk refuses."""
        return self.saver.flush(timeout)

    def _set_mark(self, labels: ImageLabels) -> None:
        rows, marked = self.queue.revise(labels)
        if rows:
            self.findings_changed.emit(rows)
        if marked is not None:
            self.marks_changed.emit(marked)

    # --- what changed outside ----------------------------------------------------------------------------------------

    def _forget_records(self, ids: Any = None) -> None:
        for image_id in list({*self._records, *self._asked} if ids is None else ids):
            self._records.pop(image_id, None)
            self._asked.pop(image_id, None)
        if self.record is None and self._current_id() is not None:
            # What was on its way for the image to be shown may just have been dropped.
            self.look_ahead()

    def reload_classes(self) -> None:
        """The classes changed: names, colours or order."""

        def arrived(classes: list[LabelClass]) -> None:
            self.model.classes = classes

        self.reader.ask(lambda project: project.classes.all(), arrived)

    def refresh(self, device: str = "", hold: bool = False) -> None:
        """Classes, pre-labels or images changed by something else than the canvas: read them again. `device`: what
        the detector was seen to run on. `hold`: the image on screen keeps what it shows until the person leaves it."""
        self._device = device or self._device
        self._forget_records()
        self.reload_classes()
        record = self.record
        self.load(self.view, hold=hold)
        if record is None or hold:
            return

        def arrived(fresh: ImageRecord) -> None:
            current = self.model.labels
            if current is None or current.image_id != fresh.image.id or self.saver.unsaved(fresh.image.id) is not None:
                return
            if not _same(current, fresh.labels) or fresh.image.replaced != record.image.replaced:
                self.record = fresh
                self.model.detectors = fresh.detectors
                self.model.show(fresh.labels)
                self.record_shown.emit(fresh)
                self._show_picture()

        self.reader.ask(lambda project: load_record(project, record.image.id), arrived)

    def close(self, timeout: float = 30.0) -> bool:
        """Write what is not yet written, then let go of everything. False when edits could not be saved."""
        self.device_probe.close()
        saved = self.saver.close(timeout)
        self.pictures.close()
        self.reader.close()
        self.project.close()
        return saved


def _same(a: ImageLabels, b: ImageLabels) -> bool:
    """Predictions never change under their id, so their ids tell."""
    return (a.annotations, a.standings, a.state, a.skip_reason, a.marks, list(a.predictions), a.width, a.height) == (
        b.annotations,
        b.standings,
        b.state,
        b.skip_reason,
        b.marks,
        list(b.predictions),
        b.width,
        b.height,
    )
