"""Dialog of backups: a project's copies beside what is there now, and one of them put in its place."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem

from boxwright.domain.messages import N_, joined
from boxwright.services.guide.pages import BACKUPS
from boxwright.ui.language.translation import time_words, tr
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.widgets.dialog import Sheet, plain_label
from boxwright.ui.widgets.figure_columns import figure_table, set_right
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.services.project.backups import Listed
    from boxwright.services.project.restore import Restored
    from boxwright.store.backup import Counts
    from boxwright.ui.project.context import AppContext

COLUMNS = (N_("When"), N_("Why"), "Images", N_("Labelled"), "Boxes")
WHY = {
    "daily": N_("once a day"),
    "asked": N_("asked for"),
    "before-import": N_("before an import"),
    "before-undoing-import": N_("before an import was undone"),
    "before-retraining": N_("before a retraining"),
    "before-removing-class": N_("before a class was removed"),
    "before-update": N_("before an update of the project file"),
    "before-going-back": N_("before going back"),
    "damaged": N_("damaged, kept as it was"),
}
NAME_ROLE = Qt.ItemDataRole.UserRole
_FIGURES = range(2, 5)
# The command stands in the sentence of every language.
_COMMAND = re.compile(r"'boxwright restore \"(.+?)\"'")


def folder_to_mend(sentence: str) -> Path | None:
    """The project that a sentence about damage says can go back to a backup; None for any other sentence."""
    found = _COMMAND.search(sentence)
    return Path(found[1]) if found else None


class GoBackDialog(Sheet):
    """Dialog of backups, for the open project, or for the one in `folder` that cannot be opened. The best to go back
    to is chosen."""

    outlives_project = True

    def __init__(self, app: AppContext, folder: Path) -> None:
        super().__init__(app.dialog_parent, tr("Go back to…"), tr("Go back"))
        self.offer_help(app, BACKUPS)
        self._app, self._folder = app, folder
        self._task: BackgroundTask | None = None
        self._best = ""
        self.resize(720, 420)
        self.list = _built_list()
        self.words = plain_label()
        self.progress = ProgressRow()
        for part in (self.words, self.list, self.progress):
            self.body.addWidget(part, 1 if part is self.list else 0)
        self.begin_at(self.list)
        self.go.setEnabled(False)
        self.go.clicked.connect(self._start)
        self.list.currentItemChanged.connect(lambda *_: self._tell())
        self._read()

    @property
    def chosen(self) -> str:
        item = self.list.currentItem()
        return item.data(0, NAME_ROLE) or "" if item is not None else ""

    def done(self, result: int) -> None:
        # Going back takes a moment and is not stopped half-way.
        if self._task is None:
            super().done(result)

    def _read(self) -> None:
        from boxwright.services.project.backups import listed, newest_whole, now_there

        folder = self._folder
        task = BackgroundTask(tr("Reading the backups"), self)
        self.progress.follow(task)
        task.finished.connect(self._fill)
        task.failed.connect(self.complain)
        task.start(lambda report, should_stop: (now_there(folder), listed(folder), newest_whole(folder)))

    def _fill(self, read: tuple[Counts | None, list[Listed], Listed | None]) -> None:
        now, found, best = read
        self.list.addTopLevelItem(_now_row(now))
        for one in found:
            item = _row(one)
            self.list.addTopLevelItem(item)
            if best is not None and one.backup == best.backup:
                self.list.setCurrentItem(item)
        self._tell()
        if not found:
            self.words.setText(
                tr("There is no backup of this project yet: one is made once a day and before large changes.")
            )

    def _tell(self) -> None:
        self.go.setEnabled(bool(self.chosen) and self._task is None)
        self.words.setText(
            tr(
                "The project will be as the chosen backup has it. What is there now is kept as a backup first, so that "
                "you can go back from going back. Image files stay as they are."
            )
        )

    def _start(self) -> None:
        from boxwright.services.project.restore import restore

        name, folder = self.chosen, self._folder
        if not name or not self._app.close_project(self._start):
            return
        self.complain("")
        self.go.setEnabled(False)
        self.list.setEnabled(False)
        task = self._task = BackgroundTask(tr("Going back"), self)
        self.progress.follow(task)
        task.finished.connect(self._restored)
        task.failed.connect(self._failed)
        task.start(lambda report, should_stop: restore(folder, name))

    def _restored(self, done: Restored) -> None:
        self._task = None
        self.accept()
        self._app.open_project(self._folder)
        when = time_words(done.backup.made.isoformat(timespec="seconds"))
        self._app.say(tr("The project is as it was on {0}.").format(when))
        if done.notes:
            self._app.tell(joined(" ", done.notes))

    def _failed(self, sentence: str) -> None:
        self._task = None
        self.list.setEnabled(True)
        self._tell()
        self.complain(sentence)


def _now_row(now: Counts | None) -> QTreeWidgetItem:
    item = QTreeWidgetItem([tr("Now"), "" if now else tr("cannot be read"), *_figures(now)])
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    font = item.font(0)
    font.setBold(True)
    for column in range(len(COLUMNS)):
        item.setFont(column, font)
    return set_right(item, _FIGURES)


def _row(one: Listed) -> QTreeWidgetItem:
    why = tr(WHY[one.backup.why]) if one.backup.why in WHY else one.words
    if one.counts is None and one.backup.why != "damaged":
        why = f"{why} ({tr('cannot be read')})"
    item = QTreeWidgetItem([time_words(one.backup.made.isoformat(timespec="seconds")), why, *_figures(one.counts)])
    if one.counts is None:
        item.setFlags(Qt.ItemFlag.NoItemFlags)
    item.setData(0, NAME_ROLE, one.backup.name)
    return set_right(item, _FIGURES)


def _figures(counts: Counts | None) -> list[str]:
    return [f"{n:,}" for n in (counts.images, counts.labeled, counts.boxes)] if counts else ["–"] * 3


def _built_list() -> QTreeWidget:
    return figure_table(tr("Backups"), [tr(column) for column in COLUMNS], 1, _FIGURES)
