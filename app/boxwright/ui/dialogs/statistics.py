"""What was done in this project, how fast, and what the detector saved of it."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxwright.ui.dialogs.base import Sheet, plain_label
from boxwright.ui.panels.bar_chart import Amount, BarChart

if TYPE_CHECKING:
    from boxwright.services.statistics import Saving, Statistics
    from boxwright.ui.main_window import MainWindow

DAYS_SHOWN = 14
NOT_MEASURED = (
    "Nothing is measured yet: label an image in this window, and the time that you really work on it is kept. A pause "
    "of more than half a minute is no work."
)


class StatisticsDialog(Sheet):
    _written = Signal()

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window, "Statistics")
        assert window.workspace is not None
        self.resize(900, 600)
        self.figures = {name: _Figure(name) for name in ("Images done", "Boxes", "Seconds an image", "Edits an image")}
        self.saved = _Figure("Saved against drawing")
        self.classes = BarChart("Boxes per class", "No class has a box yet.")
        self.sizes = BarChart("Sizes: side of a square as large, in pixels", "There is no box yet.")
        self.states = BarChart("Images per state", "There is no image yet.")
        self.days = BarChart("Images done per day, with active minutes", "Each day of work puts a bar here.")
        self.formula = plain_label(quiet=True)
        row = QHBoxLayout()
        for figure in (*self.figures.values(), self.saved):
            row.addWidget(figure, 1)
        self.body.addLayout(row)
        grid = QGridLayout()
        grid.setSpacing(10)
        for place, chart in enumerate((self.classes, self.days, self.sizes, self.states)):
            grid.addWidget(chart, place // 2, place % 2)
        self.body.addLayout(grid, 1)
        self.body.addWidget(self.formula)
        self._workspace = window.workspace
        self._written.connect(self._read)
        # What was measured on the image on screen is part of it, once it is on disk.
        window.tell_visit()
        if self._workspace.writer is None:
            self._read()
        else:
            self._workspace.writer.submit(lambda _: None).add_done_callback(self._tell_written)

    def _tell_written(self, _: object) -> None:
        """On the writer's thread; the dialog may be gone by then."""
        with suppress(RuntimeError):
            self._written.emit()

    def _read(self) -> None:
        from boxwright.services.statistics import statistics

        self._workspace.reader.ask(statistics, self._fill, self)

    def _fill(self, found: Statistics) -> None:
        done = sum(count for name, count in found.states if name in ("labelled", "confirmed empty", "skipped"))
        total = done + dict(found.states)["to do"]
        self.figures["Images done"].show_words(f"{done:,} of {total:,}")
        self.figures["Boxes"].show_words(f"{found.boxes:,}")
        self.figures["Seconds an image"].show_words(_one(found.seconds_per_image))
        self.figures["Edits an image"].show_words(_one(found.edits_per_image))
        self.saved.show_words(_duration(found.saving.seconds) if found.saving else "–")
        self.formula.setText(saving_words(found.saving) if found.saving else NOT_MEASURED)
        self.classes.show_amounts([Amount(c.name, n, f"{n:,}", c.color) for c, n in found.classes])
        self.sizes.show_amounts([Amount(name, n, f"{n:,}") for name, n in zip(_size_names(), found.sizes, strict=True)])
        self.states.show_amounts([Amount(name, n, f"{n:,}") for name, n in found.states if n or name == "to do"])
        self.days.show_amounts(
            [
                Amount(d.day, d.images, f"{d.images:,} · {d.seconds / 60:.0f} min")
                for d in found.days[-DAYS_SHOWN:][::-1]
            ]
        )


class _Figure(QWidget):
    """A large figure with its name below."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.words = QLabel("…")
        font = self.words.font()
        font.setPointSizeF(font.pointSizeF() * 1.6)
        font.setBold(True)
        self.words.setFont(font)
        below = QLabel(name)
        below.setObjectName("quiet")
        self.setAccessibleName(name)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.words)
        layout.addWidget(below)

    def show_words(self, words: str) -> None:
        self.words.setText(words)
        self.setAccessibleDescription(words)


def saving_words(saving: Saving) -> str:
    """The formula with its figures."""
    speed = f"{saving.drawing:.1f} s"
    whose = (
        f"{speed} is your own speed on images whose boxes were mostly drawn."
        if saving.own
        else f"{speed} is a published figure (Papadopoulos et al. 2017, extreme clicking): too few boxes were drawn "
        "here to know your own."
    )
    drawing = saving.boxes * saving.drawing
    share = f" ({saving.seconds / drawing:.0%})" if drawing else ""
    return (
        f"{saving.boxes:,} boxes × {speed} to draw one − {_duration(saving.worked)} worked = "
        f"{_duration(saving.seconds)}{share}. {whose} Time counts while mouse or keyboard are used; a pause of more "
        "than half a minute is no work."
    )


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _duration(seconds: float) -> str:
    """ "−3 min", "42 s", "1 h 05 min"."""
    sign, whole = ("−" if seconds < 0 else ""), abs(round(seconds))
    if whole < 90:
        return f"{sign}{whole} s"
    minutes = round(whole / 60)
    return f"{sign}{minutes} min" if minutes < 90 else f"{sign}{minutes // 60} h {minutes % 60:02} min"


def _size_names() -> list[str]:
    from boxwright.services.statistics import SIZE_EDGES

    between = [f"{low:.0f} – {high:.0f}" for low, high in pairwise(SIZE_EDGES)]
    return [f"below {SIZE_EDGES[0]:.0f}", *between, f"from {SIZE_EDGES[-1]:.0f}"]
