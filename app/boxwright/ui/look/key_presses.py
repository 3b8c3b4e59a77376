"""Key presses: tells a key that is held, or a button that is clicked twice, from a person who decides again."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QWidget

SAME_PRESS_MS = 5
"""A key let go and down again within this was never let go: X11 and remote desktops send a held key as such pairs, and
Qt does not always see that they are one. No finger is that fast."""

_KEYS = frozenset({QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress, QEvent.Type.KeyRelease})
_BUTTONS = frozenset({QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease, QEvent.Type.MouseButtonDblClick})
_LEFT = frozenset({QEvent.Type.FocusOut, QEvent.Type.Hide})


def goes_on(released: int | None, pressed: int) -> bool:
    """Whether a press at `pressed` is the same as the one let go at `released`; milliseconds, 0 where nobody knows."""
    return bool(released and pressed) and 0 <= pressed - (released or 0) <= SAME_PRESS_MS


class KeyPresses(QObject):
    """Watch over presses.

    Knows of the event that the system has just handed to the window whether it repeats a press, until it is dealt
    with. What a program sends to a widget is nobody's hand and does not come by here.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self._down: set[int] = set()
        self._repeated: set[int] = set()
        self._released: dict[int, int] = {}
        self.by_hand = False
        """An event of the keyboard or the mouse is being dealt with."""
        self.repeating = False
        """And it comes of a key that was down already, or is the second half of a double click."""
        self._double = False
        self._over = QTimer(self, singleShot=True, interval=0)
        self._over.timeout.connect(self._end)
        window.installEventFilter(self)

    def single(self, action: QAction) -> None:
        """Let `action` take a press of its key once, however long that is held."""
        action.setAutoRepeat(False)
        action.installEventFilter(self)

    def once(self, button: QWidget) -> None:
        """Let a double click on `button` count as one."""
        button.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        kind = event.type()
        if watched is self._window:
            if kind is QEvent.Type.Show and (handle := self._window.windowHandle()) is not None:
                # The window as the system knows it: every event passes here first, before any shortcut.
                handle.installEventFilter(self)
        elif isinstance(watched, QAction):
            return kind is QEvent.Type.Shortcut and self.repeating
        elif isinstance(watched, QWidget):
            return kind is QEvent.Type.MouseButtonDblClick
        elif kind in _KEYS and isinstance(event, QKeyEvent):
            self._follow(event)
            self._begin()
        elif kind in _BUTTONS:
            if kind is not QEvent.Type.MouseButtonRelease:
                self._double = kind is QEvent.Type.MouseButtonDblClick
            self.repeating = self._double
            self._begin()
        elif kind in _LEFT:
            # Whatever is let go elsewhere is not told here.
            self._down.clear()
            self._repeated.clear()
        return False

    def _begin(self) -> None:
        self.by_hand = True
        self._over.start()

    def _end(self) -> None:
        self.by_hand = self.repeating = False

    def _follow(self, event: QKeyEvent) -> None:
        key, time = event.key(), event.timestamp()
        if event.type() is QEvent.Type.KeyRelease:
            # What a button does when it is let go is done by the press before.
            self.repeating = event.isAutoRepeat() or key in self._repeated
            if not event.isAutoRepeat():
                self._down.discard(key)
                self._released[key] = time
            return
        # A shortcut is asked for before the key is pressed, so the same press comes by twice.
        again = event.isAutoRepeat() or goes_on(self._released.get(key), time)
        if event.type() is QEvent.Type.ShortcutOverride:
            again = again or key in self._down
            self._note(key, again)
        elif key not in self._down:
            self._note(key, again)
        self.repeating = key in self._repeated

    def _note(self, key: int, again: bool) -> None:
        self._down.add(key)
        if again:
            self._repeated.add(key)
        else:
            self._repeated.discard(key)
