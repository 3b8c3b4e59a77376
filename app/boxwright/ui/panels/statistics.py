"""Dialog of statistics: what was done in this project, how fast, and what the detector saved of it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from boxwright.domain.messages import N_
from boxwright.services.guide.pages import POOL
from boxwright.ui.language.translation import tr
from boxwright.ui.project.project_op import ProjectOp
from boxwright.ui.widgets.bar_chart import Amount, BarChart
from boxwright.ui.widgets.dialog import Sheet, plain_label

if TYPE_CHECKING:
    from boxwright.services.project.statistics import Statistics, TimeSaving
    from boxwright.ui.project.context import ProjectContext

DAYS_SHOWN = 14
FIGURES = (N_("Images done"), "Boxes", N_("Seconds an image"), N_("Edits an image"))
NOT_MEASURED = N_(
    "Nothing is measured yet: label an image in this window, and the time that you really work on it is kept. A pause "
    "of more than half a minute is no work."
)


class StatisticsDialog(Sheet):
    """Dialog of statistics."""

    def __init__(self, context: ProjectContext) -> None:
        super().__init__(context.app.dialog_parent, tr("Statistics"))
        self.offer_help(context.app, POOL, "statistics")
        self.resize(900, 600)
        self.figures = {name: _Figure(tr(name)) for name in FIGURES}
        self.saved = _Figure(tr("Saved against drawing"))
        self.classes = BarChart(tr("Boxes per class"), tr("No class has a box yet."))
        self.sizes = BarChart(tr("Sizes: side of a square as large, in pixels"), tr("There is no box yet."))
        self.states = BarChart(tr("Images per state"), tr("There is no image yet."))
        self.days = BarChart(tr("Images done per day, with active minutes"), tr("Each day of work puts a bar here."))
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
        self._workspace = context.workspace
        # What was measured on the image on screen is part of it, once it is on disk.
        context.tell_visit()
        if self._workspace.writer is None:
            self._read()
        else:
            # What the project file refuses is not counted; the banner tells of it.
            ProjectOp(self._workspace, tr("Statistics"), lambda _: None).ended(self._read).start()

    def _read(self, _: object = None) -> None:
        from boxwright.services.project.statistics import statistics

        self._workspace.reader.ask(statistics, self._fill, self)

    def _fill(self, found: Statistics) -> None:
        done = sum(count for name, count in found.states if name in ("labelled", "confirmed empty", "skipped"))
        total = done + sum(count for name, count in found.states if name in ("to do", "begun"))
        self.figures["Images done"].show_words(tr("{0:,} of {1:,}").format(done, total))
        self.figures["Boxes"].show_words(f"{found.boxes:,}")
        self.figures["Seconds an image"].show_words(_one(found.seconds_per_image))
        self.figures["Edits an image"].show_words(_one(found.edits_per_image))
        self.saved.show_words(_duration(found.saving.seconds) if found.saving else "–")
        self.formula.setText(saving_words(found.saving) if found.saving else tr(NOT_MEASURED))
        self.classes.show_amounts([Amount(c.name, n, f"{n:,}", c.color) for c, n in found.classes])
        self.sizes.show_amounts([Amount(name, n, f"{n:,}") for name, n in zip(_size_names(), found.sizes, strict=True)])
        self.states.show_amounts([Amount(tr(name), n, f"{n:,}") for name, n in found.states if n or name == "to do"])
        self.days.show_amounts(
            [
                Amount(d.day, d.images, tr("{0:,} · {1:.0f} min").format(d.images, d.seconds / 60))
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


def saving_words(saving: TimeSaving) -> str:
    """The formula with its figures."""
    speed = tr("{0:.1f} s").format(saving.drawing)
    whose = (
        tr("{0} is your own speed on images whose boxes were mostly drawn.").format(speed)
        if saving.own
        else tr(
            "{0} is a published figure (Papadopoulos et al. 2017, extreme clicking): too few boxes were "
            "drawn here to know your own."
        ).format(speed)
    )
    drawing = saving.boxes * saving.drawing
    share = f" ({saving.seconds / drawing:.0%})" if drawing else ""
    return tr(
        "{0:,} boxes × {1} to draw one − {2} worked = {3}. {4} Time counts while mouse or keyboard are used; a pause "
        "of more than half a minute is no work."
    ).format(saving.boxes, speed, _duration(saving.worked), _duration(saving.seconds) + share, whose)


def _one(value: float | None) -> str:
    return "–" if value is None else f"{value:.1f}"


def _duration(seconds: float) -> str:
    """ "−3 min", "42 s", "1 h 05 min"."""
    sign, whole = ("−" if seconds < 0 else ""), abs(round(seconds))
    if whole < 90:
        return tr("{0} s").format(f"{sign}{whole}")
    minutes = round(whole / 60)
    if minutes < 90:
        return tr("{0} min").format(f"{sign}{minutes}")
    return tr("{0} h {1:02} min").format(f"{sign}{minutes // 60}", minutes % 60)


def _size_names() -> list[str]:
    from boxwright.services.project.statistics import SIZE_EDGES

    between = [f"{low:.0f} – {high:.0f}" for low, high in pairwise(SIZE_EDGES)]
    return [tr("below {0:.0f}").format(SIZE_EDGES[0]), *between, tr("from {0:.0f}").format(SIZE_EDGES[-1])]
