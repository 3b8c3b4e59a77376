"""Pages of the new-project wizard: images, classes, labels that exist, a detector, and the way of working."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QFormLayout,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QRadioButton,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import N_
from boxwright.domain.progress import Report, ShouldStop
from boxwright.services.images.unread import glance, unread_words
from boxwright.ui.detectors.class_names import ClassNamesField, ListOffer, nameless_words
from boxwright.ui.detectors.detector_question import shown_by_pictures
from boxwright.ui.language.translation import tr, translate
from boxwright.ui.project.jobs import look_into_detector
from boxwright.ui.project.task import BackgroundTask
from boxwright.ui.retraining.schedule import WAYS
from boxwright.ui.widgets.dialog import plain_label
from boxwright.ui.widgets.path_field import PathField
from boxwright.ui.widgets.progress_row import ProgressRow

if TYPE_CHECKING:
    from boxwright.formats.base import FormatGuess
    from boxwright.services.detectors.jobs import DetectorReport

# A path that is being typed is not looked at after every letter.
_TYPING_MS = 350


class Page(QWidget):
    """Page of the wizard.

    `title` and `about` are shown above it. `problem()` says why one cannot go on from here, empty when one can.
    """

    title = ""
    about = ""

    def __init__(self) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.form = QFormLayout()
        self.column.addLayout(self.form)
        self.first: QWidget = self

    def problem(self) -> str:
        return ""

    def shown(self) -> None:
        """The person came to this page."""


class ImagesPage(Page):
    """Page of image folders."""

    title = "Images"
    about = N_("They stay where they are and are never changed; the project is a folder of its own.")

    def __init__(self) -> None:
        super().__init__()
        self._folder_typed = False
        self.images, self.folder = PathField(tr("Folder of images")), PathField(tr("Project folder"))
        self.form.addRow(tr("Images"), self.images)
        self.form.addRow(tr("Project folder"), self.folder)
        self.note = plain_label()
        self.column.addWidget(self.note)
        self.column.addStretch(1)
        self.first = self.images.edit
        self.images.changed.connect(self._suggest)
        self.folder.edit.textEdited.connect(self._typed)

    def problem(self) -> str:
        images = self.images.path
        if images is None or not images.is_dir():
            where = images or tr("the path above")
            return tr("There is no folder of images at {0}; choose one that exists.").format(where)
        return "" if self.folder.path is not None else tr("Choose a folder for the project.")

    def _typed(self, _text: str) -> None:
        self._folder_typed = True

    def _suggest(self, _text: str) -> None:
        images = self.images.path
        self.note.setText("" if images is None else translate(unread_words(glance(images))))
        if images is not None and not self._folder_typed:
            self.folder.path = images.parent / f"{images.name}-boxwright"


class ClassesPage(Page):
    """Page of class names."""

    title = "Classes"
    about = N_(
        "What the boxes are called. None are needed now: labels and a detector bring theirs, and more can be added."
    )

    def __init__(self) -> None:
        super().__init__()
        self.names = QPlainTextEdit()
        self.names.setAccessibleName(tr("Names of the classes"))
        self.names.setPlaceholderText(tr("One class a line, or separated by commas."))
        self.names.setTabChangesFocus(True)
        self.column.addWidget(self.names, 1)
        self.first = self.names


class LookingPage(Page):
    """Page that looks into a path as soon as it is given, beside the window; a later path makes an earlier answer
    void."""

    looked = Signal()

    def __init__(self, field: PathField) -> None:
        super().__init__()
        self.path = field
        self.found = plain_label()
        self.progress = ProgressRow()
        self.trouble = ""
        self._asked = 0
        self._task: BackgroundTask | None = None
        self._wait = QTimer(self, singleShot=True, interval=_TYPING_MS)
        self._wait.timeout.connect(self.look)
        self.column.addWidget(self.progress)
        self.column.addWidget(self.found)
        self.first = field.edit
        field.changed.connect(lambda _: self._changed())

    @property
    def chosen(self) -> Path | None:
        return self.path.path

    @property
    def looking(self) -> bool:
        return self._wait.isActive() or self.progress.isVisibleTo(self)

    def problem(self) -> str:
        if self.chosen is not None and self.looking:
            return tr("One moment: what you named is being looked at.")
        return self.trouble

    def start(self, path: Path) -> BackgroundTask:
        """Begin to look into `path`."""
        raise NotImplementedError

    def show_found(self, result: Any) -> None:
        raise NotImplementedError

    def _changed(self) -> None:
        self._asked += 1
        self.trouble = ""
        self.found.setText("")
        self._wait.start() if self.chosen is not None else self._wait.stop()
        self.looked.emit()

    def look(self) -> None:
        path = self.chosen
        self._asked += 1
        if path is None:
            return
        number = self._asked
        if self._task is not None and not self._task.ended:
            self._task.cancel()
        try:
            task = self.start(path)
        except BoxwrightError as error:
            self._took(number, None, translate(error.message))
            return
        task.setParent(self)
        self._task = task
        self.progress.follow(task)
        task.finished.connect(lambda result: self._took(number, result, ""))
        task.failed.connect(lambda sentence: self._took(number, None, sentence))

    def _took(self, number: int, result: Any, trouble: str) -> None:
        if number != self._asked:
            return
        self.trouble = trouble
        self.found.setText(trouble)
        if not trouble:
            self.show_found(result)
        self.looked.emit()


class LabelsPage(LookingPage):
    """Page of labels that exist."""

    title = N_("Labels that exist")
    about = N_("Have the images been labelled before, here or elsewhere? Leave it empty when not.")

    def __init__(self) -> None:
        super().__init__(PathField(tr("Dataset with labels"), tr("Any file (*)"), or_folder=True))
        self.form.addRow(tr("Labels"), self.path)
        self.column.addStretch(1)
        self._offered: Path | None = None

    def offer(self, images: Path) -> None:
        """Whether the folder of the images holds labels is looked at once, so that nobody has to know."""
        if self._offered == images or self.chosen is not None:
            return
        self._offered = images

        def took(guesses: list[FormatGuess]) -> None:
            if guesses and self.chosen is None and self._offered == images:
                self.path.path = images

        task = BackgroundTask(tr("Looking for labels"), self)
        task.finished.connect(took)
        task.start(self._recognise(images))

    def start(self, path: Path) -> BackgroundTask:
        return BackgroundTask(tr("Looking at the labels")).start(self._recognise(path))

    def _recognise(self, path: Path) -> Callable[[Report, ShouldStop], Any]:
        def recognised(_report: Report, _stop: ShouldStop) -> list[FormatGuess]:
            from boxwright.formats.registry import recognise_weighed

            return recognise_weighed(path) if path.exists() else []

        return recognised

    def show_found(self, guesses: list[FormatGuess]) -> None:
        if guesses:
            from boxwright.formats.registry import by_name

            title = by_name(guesses[0].format).title
            words = tr("Recognised as {0}: {1}. You see its classes before anything is written.")
            self.found.setText(words.format(translate(title), translate(guesses[0].told)))
        else:
            words = tr("{0} holds no labels in a format that is known; leave it empty or choose another.")
            self.trouble = words.format(self.chosen)
            self.found.setText(self.trouble)


class DetectorPage(LookingPage):
    """Page of a detector."""

    title = N_("A detector")
    about = N_("Its guesses are laid on every image, for you to correct. Leave it empty when there is none.")

    def __init__(self) -> None:
        super().__init__(PathField(tr("Detector"), tr("ONNX detectors (*.onnx)")))
        self.classes, self.lists = ClassNamesField(), ListOffer()
        self.form.addRow(tr("File"), self.path)
        self.form.addRow(tr("Its classes"), self.classes)
        self.column.addWidget(self.lists)
        self.column.addStretch(1)
        self.get = QPushButton(tr("Get a detector…"))
        self.get.setAutoDefault(False)
        self.get.clicked.connect(self._get)
        self.guide = QHBoxLayout()
        self.guide.addWidget(self.get)
        self.column.addLayout(self.guide)
        self.classes.said.connect(self.look)
        self.lists.chosen.connect(self.classes.say)
        self.asks = False
        """Whether something is to be asked with a picture, once the project has images."""
        self.own: list[str] = []
        """The classes that the person named for the project."""
        self.found_names: tuple[str, ...] = ()
        """What the classes of the detector are called."""

    def offer(self, actions: Iterable[QAction]) -> None:
        """Buttons that show pages of the guide."""
        for action in actions:
            button = QPushButton(action.text())
            button.setAutoDefault(False)
            button.clicked.connect(action.trigger)
            self.guide.addWidget(button)
        self.guide.addStretch(1)

    @property
    def names(self) -> list[str]:
        """Raises FormatError for a file that cannot be read."""
        return self.classes.names()

    def _get(self) -> None:
        from boxwright.ui.detectors.get_detector import GetDetectorDialog

        def use(file: Path) -> None:
            self.path.path = file

        GetDetectorDialog(self.window(), use, tr("Take it")).open()

    def start(self, path: Path) -> BackgroundTask:
        self.asks = False
        self.found_names = ()
        self.lists.offer(None)
        names = self.names
        return look_into_detector(path, {"classes": names} if names else {})

    def show_found(self, inspection: DetectorReport) -> None:
        from boxwright.ui.detectors.add_detector import found_words

        points = shown_by_pictures(inspection.unknown)
        self.asks = bool(points)
        self.lists.offer(inspection)
        problem = nameless_words(inspection) if inspection.nameless else translate(inspection.problem)
        self.trouble = "" if self.asks else problem
        words = self.trouble or found_words(inspection)
        if self.asks:
            later = tr("The file does not say: {0}. You are asked with a picture when the images are there.")
            words = f"{words}\n{later.format(', '.join(map(translate, points)))}".strip()
        if inspection.card is not None and not inspection.problem:
            self.found_names = inspection.card.classes
        self.found.setText("\n".join(filter(None, (words, self._yours()))))

    def _yours(self) -> str:
        """How many of its classes are the person's, and what is asked for none."""
        from boxwright.domain.class_lists import named
        from boxwright.domain.classes import LabelClass
        from boxwright.services.detectors.registry import matched_classes

        if not self.own or not self.found_names:
            return ""
        ours = [LabelClass(number, name, "", number) for number, name in enumerate(self.own, start=1)]
        count = len(matched_classes(self.found_names, ours))
        words = tr("{0} of its {1} classes are yours.").format(count, len(named(self.found_names)))
        if count:
            return words
        ways = tr(
            "Once the images are there you see what it finds on them, and choose: map its classes to yours, use its "
            "boxes without names, or keep it only as a base to train from."
        )
        return f"{words} {ways}"


class WayPage(Page):
    """Page of the way of working."""

    title = "Way of working"
    about = N_("It is suggested, never done without being asked, and can be changed in Model → Way of working…")

    def __init__(self) -> None:
        super().__init__()
        self.ways: dict[str, QRadioButton] = {}
        for name, (title, words) in WAYS.items():
            self.ways[name] = QRadioButton(tr(title))
            hint = plain_label(tr(words), quiet=True)
            hint.setContentsMargins(22, 0, 0, 4)
            self.column.addWidget(self.ways[name])
            self.column.addWidget(hint)
        self.ways["sampled"].setChecked(True)
        self.validation = QSpinBox()
        self.validation.setRange(0, 50)
        self.validation.setValue(10)
        self.validation.setSuffix(tr(" % of the images"))
        held = QFormLayout()
        held.addRow(tr("Kept for measuring"), self.validation)
        self.column.addLayout(held)
        self.column.addWidget(
            plain_label(tr("They show how good a detector is, and no detector ever learns from them."), quiet=True)
        )
        self.column.addStretch(1)
        self.first = self.ways["sampled"]

    @property
    def way(self) -> str:
        return next(name for name, button in self.ways.items() if button.isChecked())
