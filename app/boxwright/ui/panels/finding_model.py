"""Qt model of the list to review: one row for each finding of the pool, of which only those on screen are read.

What a row says of the boxes is as they were then: what was decided stays readable.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from boxwright.domain.finding import Disagreement, ToldFinding
from boxwright.ui.language.translation import tr
from boxwright.ui.panels.queue_model import Card, Index, Info, QueueModel
from boxwright.ui.project.finding_list import KINDS, FindingList
from boxwright.ui.project.queue import Mark
from boxwright.ui.project.review import Review
from boxwright.ui.project.workspace import Workspace

if TYPE_CHECKING:
    from boxwright.services.project.project import Project

TOLD_KEPT = 4096


class FindingModel(QueueModel):
    """Model of findings. A row is a place among the findings that the list lets through."""

    def __init__(self, workspace: Workspace, review: Review) -> None:
        super().__init__(workspace)
        self._review = review
        self._told: dict[int, ToldFinding] = {}
        self._told_asked: set[int] = set()
        self._row = -1
        workspace.findings_changed.connect(self._findings_changed)
        review.changed.connect(self._finding_moved)

    @property
    def _list(self) -> FindingList | None:
        return self._workspace.queue.findings

    def rowCount(self, parent: Index | None = None) -> int:
        inside = parent is not None and parent.isValid()
        return 0 if inside or self._list is None else len(self._list.rows)

    def card(self, place: int) -> Card:
        listed = self._list
        assert listed is not None
        row = int(listed.rows[place])
        image = super().card(place)
        told = self._told.get(int(listed.ids[row]))
        if told is None:
            self._soon.start()
        is_open = bool(listed.open[row])
        return Card(
            name=_names(KINDS[listed.kinds[row]], told) if told is not None else "",
            mark=Mark.UNLABELED if is_open else Mark.LABELED,
            state=f"{kind_words(KINDS[listed.kinds[row]])} · {listed.weights[row]:.2f}" if is_open else tr("decided"),
            reason=image.name,
            current=row == self._review.row,
            thumbnail=image.thumbnail,
        )

    def spoken(self, place: int, card: Card, info: Info) -> str:
        return f"{card.name}\n{card.state}\n{info.image.path}"

    def _id(self, place: int) -> int:
        listed = self._list
        assert listed is not None
        return int(listed.images[listed.rows[place]])

    def _row_of(self, place: int) -> int:
        return self._workspace.queue.row_of(self._id(place)) or 0

    def _reset(self) -> None:
        self._told.clear()
        self._told_asked.clear()
        super()._reset()

    def _touch(self, row: int) -> None:
        """What changes of an image of the queue is no row of this model."""

    def _touch_image(self, image_id: int) -> None:
        for place in list(self._painted):
            if place < self.rowCount() and self._id(place) == image_id:
                self._touch_place(place)

    def _findings_changed(self, rows: list[int]) -> None:
        for row in rows:
            self._touch_finding(row)

    def _finding_moved(self) -> None:
        if self._review.row != self._row:
            before, self._row = self._row, self._review.row
            self._touch_finding(before)
            self._touch_finding(self._row)

    def _touch_finding(self, row: int) -> None:
        place = self._list.place_of(row) if self._list is not None else None
        if place is not None:
            self._touch_place(place)

    def _read_painted(self) -> None:
        super()._read_painted()
        listed = self._list
        if listed is None:
            return
        places = [place for place in self._painted if place < self.rowCount()]
        ids = [int(listed.ids[listed.rows[place]]) for place in places]
        unknown = [i for i in ids if i not in self._told and i not in self._told_asked]
        if unknown:
            self._told_asked.update(unknown)
            self._workspace.reader.ask(lambda project: _tell(project, unknown), self._told_of)

    def _told_of(self, told: dict[int, ToldFinding]) -> None:
        listed = self._list
        if listed is None:
            return
        if len(self._told) > TOLD_KEPT:
            self._told.clear()
        self._told |= told
        self._told_asked -= told.keys()
        for place in list(self._painted):
            if place < self.rowCount() and int(listed.ids[listed.rows[place]]) in told:
                self._touch_place(place)


def kind_words(kind: Disagreement) -> str:
    return {
        Disagreement.MISSING: tr("Missing"),
        Disagreement.NAMED: tr("Other class"),
        Disagreement.MISPLACED: tr("Badly placed"),
        Disagreement.EXTRA: tr("Not seen"),
        Disagreement.IMPORTED: tr("Only in the import"),
        Disagreement.NONE: tr("No disagreement"),
    }[kind]


def _names(kind: Disagreement, told: ToldFinding) -> str:
    """ "shark", "fish → shark" where the two call it differently."""
    return f"{told.own} → {told.seen}" if kind is Disagreement.NAMED else told.own or told.seen


def _tell(project: Project, ids: list[int]) -> dict[int, ToldFinding]:
    return project.reviews.told(ids)
