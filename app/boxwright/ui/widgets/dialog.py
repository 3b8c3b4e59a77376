"""Base of dialogs: a title sentence, a body, and one row of buttons at the bottom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QPushButton, QVBoxLayout, QWidget

from boxwright.ui.language.translation import tr, translate

if TYPE_CHECKING:
    from boxwright.ui.project.context import AppContext


class Sheet(QDialog):
    """Base dialog, window-modal and deleted when closed. `go` is the button that does what the dialog is for."""

    outlives_project = False
    """Whether it goes on when the project in the window is closed: it is about something else."""

    def __init__(self, parent: QWidget, title: str, go: str | None = None) -> None:
        super().__init__(parent)
        self._first: QWidget | None = None
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setModal(True)
        heading = plain_label(title)
        heading.setObjectName("panelTitle")
        self.body = QVBoxLayout()
        self.body.setSpacing(10)
        self.problem = plain_label()
        self.problem.setObjectName("problem")
        self.problem.hide()
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Cancel if go else QDialogButtonBox.StandardButton.Close
        )
        self.buttons.rejected.connect(self.reject)
        self.go = QPushButton(go or "")
        for button in self.buttons.buttons():
            # Return does what the dialog is for, or nothing while that is not possible; Esc cancels.
            if go and isinstance(button, QPushButton):
                button.setAutoDefault(False)
        if go:
            self.go.setDefault(True)
            self.buttons.addButton(self.go, QDialogButtonBox.ButtonRole.ActionRole)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(18, 16, 18, 14)
        layout.setSpacing(12)
        layout.addWidget(heading)
        layout.addLayout(self.body, 1)
        layout.addWidget(self.problem)
        layout.addWidget(self.buttons)

    def offer_help(self, app: AppContext, place: str, anchor: str = "") -> None:
        """A button, and F1, show that page of the guide beside the dialog."""

        def show() -> None:
            app.show_guide(place, anchor)

        button = QPushButton(tr("Help"))
        button.setAutoDefault(False)
        button.clicked.connect(show)
        self.buttons.addButton(button, QDialogButtonBox.ButtonRole.HelpRole)
        QShortcut(QKeySequence(Qt.Key.Key_F1), self).activated.connect(show)

    def begin_at(self, field: QWidget) -> None:
        """`field` has the keyboard when the dialog appears; without this its button `go` has it."""
        self._first = field

    def default_to_cancel(self) -> QPushButton:
        """Return gives the careful answer, Cancel, which has the keyboard when the dialog appears. That button."""
        cancel = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        self.go.setDefault(False)
        self.go.setAutoDefault(False)
        cancel.setDefault(True)
        self.begin_at(cancel)
        return cancel

    def event(self, event: QEvent) -> bool:
        done = super().event(event)
        if event.type() is QEvent.Type.LayoutRequest:
            self._make_room()
        return done

    def _make_room(self) -> None:
        """Grow to what the words need now: Qt lets a dialog that is open keep its size, and cuts or covers them."""
        layout = self.layout()
        if self.isVisible() and layout is not None and layout.hasHeightForWidth():
            needed = min(layout.totalMinimumHeightForWidth(self.width()), self.screen().availableSize().height())
            if needed > self.height():
                self.resize(self.width(), needed)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._make_room()
        self._buttons_last()
        if self._first is not None:
            self._first.setFocus()

    def _buttons_last(self) -> None:
        """Tab goes through the fields, then to `go`, then to the other buttons: they were made before the fields, and
        Qt steps over those that stand before the default one."""
        ordered: list[QWidget] = [button for button in self.buttons.buttons() if button is not self.go]
        if self.buttons.isAncestorOf(self.go):
            ordered.insert(0, self.go)
        last: QWidget = self.previousInFocusChain() or self
        for button in ordered:
            if button is not last:
                QWidget.setTabOrder(last, button)
            last = button

    def done(self, result: int) -> None:
        """Close, and give the keys back to the window: the next one must not need a click."""
        super().done(result)
        parent = self.parentWidget()
        if parent is not None:
            parent.window().activateWindow()

    def complain(self, sentence: str) -> None:
        """Say what is wrong, in the dialog; an empty sentence takes it back."""
        self.problem.setText(translate(sentence))
        self.problem.setVisible(bool(sentence))

    def only_close(self) -> None:
        """The work is done: what is left is to read and close."""
        self.go.hide()
        self.buttons.setStandardButtons(QDialogButtonBox.StandardButton.Close)
        self.buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)


def plain_label(text: str = "", quiet: bool = False) -> QLabel:
    """Wrapped plain text: names from files are data, never markup."""
    label = QLabel(text)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
    if quiet:
        label.setObjectName("quiet")
    return label
