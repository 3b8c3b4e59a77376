"""Qt model of the queue: only the rows on screen are ever read, so a pool of any size costs the same."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QImage

from boxwright.domain.image import Image
from boxwright.services.images.thumbnails import ThumbnailKey, ThumbnailLoader
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.look.pixels import from_jpeg
from boxwright.ui.look.tips import plain_tip
from boxwright.ui.project.queue import Mark, slot_figures, slot_words
from boxwright.ui.project.workspace import Workspace

if TYPE_CHECKING:
    from boxwright.services.project.project import Project

THUMBNAIL = QSize(64, 46)
THUMBNAIL_BYTES = 24 * 2**20
INFO_KEPT = 2048

Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True)
class Info:
    """Facts for a row. `deciding`: class and score of the box that decided why the image is in the batch, empty
    where none did."""

    image: Image
    thumbnail: ThumbnailKey
    deciding: str


@dataclass(frozen=True)
class Card:
    """Row as it is painted; `name` empty while it is being read."""

    name: str
    mark: Mark
    state: str
    reason: str
    current: bool
    thumbnail: QImage | None


class QueueModel(QAbstractListModel):
    """Model of the queue. A row is a place among the rows of the queue that its filter lets through."""

    _thumbnail_read = Signal(object)

    def __init__(self, workspace: Workspace) -> None:
        super().__init__(workspace)
        self._workspace = workspace
        self._infos: OrderedDict[int, Info] = OrderedDict()
        self._asked: set[int] = set()
        self._painted: OrderedDict[int, None] = OrderedDict()
        self._thumbnails: ThumbnailLoader[QImage] = ThumbnailLoader(
            partial(from_jpeg, room=THUMBNAIL), QImage.sizeInBytes, self._thumbnail_read.emit, THUMBNAIL_BYTES, 1
        )
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._read_painted)
        self._thumbnail_read.connect(self._refresh)
        workspace.queue_changed.connect(self._reset)
        workspace.row_changed.connect(self._current_moved)
        workspace.marks_changed.connect(self._touch)
        workspace.outage.over.connect(self._try_again)
        self._current = -1

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._workspace.queue.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """The words of a row, for screen readers and tooltips; the delegate paints from `card`."""
        if role not in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            return None
        info = self._infos.get(self._id(index.row()))
        if info is None:
            return None
        words = self.spoken(index.row(), self.card(index.row()), info)
        return plain_tip(words) if role == Qt.ItemDataRole.ToolTipRole else words

    def spoken(self, place: int, card: Card, info: Info) -> str:
        """A row in words."""
        problem = f"\n{translate(info.image.problem)}" if info.image.problem else ""
        item, queue = self._workspace.queue.reasons.get(info.image.id), self._workspace.queue
        reason = f"\n{slot_words(item, queue.latest, info.deciding)}" if item else ""
        return f"{info.image.path}\n{card.state}{reason}{problem}"

    def card(self, place: int) -> Card:
        """What is known of a row now; what is missing is read and the row painted again."""
        queue = self._workspace.queue
        image_id, row = self._id(place), self._row_of(place)
        item = queue.reasons.get(image_id)
        info = self._infos.get(image_id)
        self._painted[place] = None
        self._painted.move_to_end(place)
        thumbnail = self._thumbnails.get(info.thumbnail) if info else None
        if thumbnail is None:
            self._soon.start()
        mark = Mark(int(queue.marks[row]))
        if info is not None and info.image.duplicate_of is not None:
            mark = Mark.COPY
        return Card(
            name=info.image.path.rsplit("/", 1)[-1] if info else "",
            mark=mark,
            state=mark_words(mark),
            reason=slot_figures(item, info.deciding if info else "") if item else "",
            current=row == self._workspace.row,
            thumbnail=thumbnail,
        )

    def close(self) -> None:
        self._soon.stop()
        self._thumbnails.close()

    def _id(self, place: int) -> int:
        queue = self._workspace.queue
        return int(queue.ids[queue.rows[place]])

    def _row_of(self, place: int) -> int:
        """Of the queue."""
        return int(self._workspace.queue.rows[place])

    def _reset(self) -> None:
        self.beginResetModel()
        self._infos.clear()
        self._asked.clear()
        self._painted.clear()
        self.endResetModel()

    def _touch(self, row: int) -> None:
        """`row` of the queue looks different now."""
        place = self._workspace.queue.place_of(row)
        if place is not None:
            self._touch_place(place)

    def _touch_image(self, image_id: int) -> None:
        row = self._workspace.queue.row_of(image_id)
        if row is not None:
            self._touch(row)

    def _touch_place(self, place: int) -> None:
        index = self.index(place)
        self.dataChanged.emit(index, index)

    def _current_moved(self, row: int) -> None:
        self._touch(self._current)
        self._current = row
        self._touch(row)

    def _try_again(self) -> None:
        if self._thumbnails.forget_failed() and self.rowCount():
            self.dataChanged.emit(self.index(0), self.index(self.rowCount() - 1))

    def _read_painted(self) -> None:
        while len(self._painted) > 40:
            self._painted.popitem(last=False)
        rows = [row for row in self._painted if row < self.rowCount()]
        ids = [self._id(row) for row in rows]
        unknown = [i for i in ids if i not in self._infos and i not in self._asked]
        if unknown:
            self._asked.update(unknown)
            reasons = self._workspace.queue.reasons
            items = [reasons[i] for i in unknown if i in reasons]
            deciding = {item.image_id: item.prediction_id for item in items if item.prediction_id is not None}
            self._workspace.reader.ask(lambda project: _read_infos(project, unknown, deciding), self._took)
        infos = [info for i in ids if (info := self._infos.get(i)) and not info.image.problem]
        self._thumbnails.want([info.thumbnail for info in infos])

    def _took(self, infos: list[Info]) -> None:
        for info in infos:
            self._infos[info.image.id] = info
            self._asked.discard(info.image.id)
            self._touch_image(info.image.id)
        while len(self._infos) > INFO_KEPT:
            self._infos.popitem(last=False)
        self._soon.start()

    def _refresh(self, thumbnail: ThumbnailKey) -> None:
        for row in self._painted:
            info = self._infos.get(self._id(row)) if row < self.rowCount() else None
            if info is not None and info.thumbnail == thumbnail:
                self._touch_place(row)


def mark_words(mark: Mark) -> str:
    return {
        Mark.UNLABELED: tr("to do"),
        Mark.BEGUN: tr("begun"),
        Mark.LABELED: tr("labelled"),
        Mark.SKIPPED: tr("skipped"),
        Mark.EMPTY: tr("confirmed empty"),
        Mark.UNREADABLE: tr("unreadable"),
        Mark.COPY: tr("copy of another"),
    }[mark]


def _read_infos(project: Project, ids: list[int], deciding: Mapping[int, int]) -> list[Info]:
    """`deciding`: image id -> prediction id."""
    named = project.predictions.named(list(deciding.values()))

    def words(image_id: int) -> str:
        found = named.get(deciding.get(image_id, 0))
        return f"{found[0]} {found[1]:.2f}" if found else ""

    keys = {tile.image_id: ThumbnailKey(tile.content, tile.file) for tile in project.gallery.tiles(ids)}
    return [Info(image, keys[image.id], words(image.id)) for image in project.images.many(ids)]
