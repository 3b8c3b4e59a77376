"""Button that records a key."""

from __future__ import annotations

import sys

from PySide6.QtCore import QEvent, QKeyCombination, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QPushButton

_ALONE = {Qt.Key.Key_Control, Qt.Key.Key_Shift, Qt.Key.Key_Alt, Qt.Key.Key_Meta, Qt.Key.Key_AltGr, Qt.Key.Key_unknown}
_KEPT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
# Scan code of the digit row's first key, on the systems that tell it.
_FIRST_DIGIT = {"linux": 10, "win32": 2}.get(sys.platform)


class KeyRecorder(QPushButton):
    """Button that waits for a key: `recorded` carries it, portable. Esc or leaving the button ends it without one."""

    recorded = Signal(str)

    def __init__(self, text: str, waiting: str) -> None:
        super().__init__(text)
        self._words, self._waiting = text, waiting
        self.setAutoDefault(False)
        self.recording = False
        self.clicked.connect(self.start)

    def start(self) -> None:
        self.recording = True
        self.setText(self._waiting)
        self.setFocus()

    def stop(self) -> None:
        self.recording = False
        self.setText(self._words)

    def event(self, event: QEvent) -> bool:
        if not self.recording:
            return super().event(event)
        if event.type() is QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        # Before Qt makes Tab a step to the next field and Esc a way out of the dialog.
        if event.type() is QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            self._took(event)
            return True
        if event.type() is QEvent.Type.KeyRelease:
            return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.stop()

    def _took(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in _ALONE:
            return
        self.stop()
        if key is not Qt.Key.Key_Escape:
            self.recorded.emit(pressed_key(event))


def pressed_key(event: QKeyEvent) -> str:
    """Portable text of the key of `event`. Shift is part of the key where it makes another sign ("?"), but Shift and a
    digit stay that, because on every keyboard it is another sign."""
    key, modifiers = Qt.Key(event.key()), event.modifiers()
    kept = modifiers & _KEPT
    if modifiers & Qt.KeyboardModifier.ShiftModifier:
        digit = -1 if _FIRST_DIGIT is None else event.nativeScanCode() - _FIRST_DIGIT
        sign = Qt.Key.Key_Space < key <= Qt.Key.Key_AsciiTilde and not event.text().isalnum()
        if sign and 0 <= digit <= 9:
            key, sign = Qt.Key(Qt.Key.Key_0 + (digit + 1) % 10), False
        if key is Qt.Key.Key_Backtab:
            key = Qt.Key.Key_Tab
        if not sign or Qt.Key.Key_0 <= key <= Qt.Key.Key_9 or Qt.Key.Key_A <= key <= Qt.Key.Key_Z:
            kept |= Qt.KeyboardModifier.ShiftModifier
    sequence = QKeySequence(QKeyCombination(kept, key))
    return sequence.toString(QKeySequence.SequenceFormat.PortableText)
