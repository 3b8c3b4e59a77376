"""Bar of brightness, contrast, gamma and the window of a deep picture, for looking only."""

from __future__ import annotations

from dataclasses import replace
from math import log

from PySide6.QtCore import QEvent, QObject, QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSlider, QToolButton

from boxwright.ui.canvas.image_view import ImageView
from boxwright.ui.canvas.tone import GAMMA_HIGHEST, MOST, PLAIN
from boxwright.ui.language.translation import tr

_STEPS = 1000
"""Of the sliders for the window, over the values of the picture."""


class ToneBar(QFrame):
    """Bar of the tone. `left`: Esc gives the keys back to the canvas."""

    left = Signal()

    def __init__(self, screen: ImageView) -> None:
        super().__init__()
        self._screen = screen
        self.brightness = self._slider(-MOST, MOST)
        self.contrast = self._slider(-MOST, MOST - 1)
        self.gamma = self._slider(-MOST, MOST)
        self.level = self._slider(0, _STEPS)
        self.width_of_window = self._slider(1, _STEPS)
        self._window_words = QLabel()
        self._window_words.setObjectName("quiet")
        self.auto = self._button(self._guess)
        self.reset = self._button(self._reset)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 0, 10, 6)
        layout.setSpacing(8)
        self._deep_parts: list[QLabel | QSlider | QToolButton] = []
        self._sliders = (self.brightness, self.contrast, self.gamma, self.level, self.width_of_window)
        self._names = tuple(QLabel() for _ in self._sliders)
        for label, slider in zip(self._names, self._sliders, strict=True):
            layout.addWidget(label)
            layout.addWidget(slider, 1)
            if slider in (self.level, self.width_of_window):
                self._deep_parts += [label, slider]
        for part in (self._window_words, self.auto, self.reset):
            layout.addWidget(part)
        self._deep_parts += [self._window_words, self.auto]
        screen.view_changed.connect(self._follow)
        self.retranslate()
        self.hide()

    def retranslate(self) -> None:
        names = tr("Brightness"), tr("Contrast"), tr("Gamma"), tr("Level"), tr("Width")
        tips = (
            *names[:3],
            tr("Level: the value in the middle of the grey scale"),
            tr("Width: how many values the grey scale covers"),
        )
        for label, slider, name, tip in zip(self._names, self._sliders, names, tips, strict=True):
            label.setText(name)
            slider.setAccessibleName(tip)
            slider.setToolTip(tip)
        self.auto.setText(tr("Auto"))
        self.auto.setToolTip(tr("The window that shows most of the values"))
        self.reset.setText(tr("Reset"))
        self.reset.setToolTip(tr("Show pictures as they are (F8)"))

    def _slider(self, low: int, high: int) -> QSlider:
        slider = QSlider(Qt.Orientation.Horizontal)
        slider.setRange(low, high)
        slider.setPageStep(10)
        slider.setMinimumWidth(48)
        slider.valueChanged.connect(self._moved)
        slider.installEventFilter(self)
        return slider

    def _button(self, act: object) -> QToolButton:
        button = QToolButton()
        button.clicked.connect(act)
        return button

    def _moved(self) -> None:
        tone = replace(
            self._screen.tone,
            brightness=self.brightness.value(),
            contrast=self.contrast.value(),
            gamma=float(GAMMA_HIGHEST ** (self.gamma.value() / MOST)),
        )
        if self.sender() in (self.level, self.width_of_window):
            low, high = self._range()
            middle = low + (high - low) * self.level.value() / _STEPS
            half = (high - low) * self.width_of_window.value() / _STEPS / 2
            tone = replace(tone, window=(middle - half, middle + half))
        self._screen.set_tone(tone)

    def _guess(self) -> None:
        self._screen.set_tone(replace(self._screen.tone, window=None))

    def _reset(self) -> None:
        self._screen.set_tone(PLAIN)

    def _range(self) -> tuple[float, float]:
        pyramid = self._screen.box_painter.pyramid
        return pyramid.value_range if pyramid is not None and pyramid.deep else (0.0, 1.0)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._follow()

    def _follow(self) -> None:
        if not self.isVisible():
            return
        pyramid = self._screen.box_painter.pyramid
        deep = pyramid is not None and pyramid.deep
        for part in self._deep_parts:
            part.setVisible(deep)
        tone = self._screen.tone
        values = {
            self.brightness: tone.brightness,
            self.contrast: tone.contrast,
            self.gamma: round(log(tone.gamma) / log(GAMMA_HIGHEST) * MOST),
        }
        if deep and pyramid is not None:
            (low, high), window = self._range(), tone.window or pyramid.window
            values[self.level] = round((sum(window) / 2 - low) / (high - low) * _STEPS)
            values[self.width_of_window] = round((window[1] - window[0]) / (high - low) * _STEPS)
            self._window_words.setText(f"{window[0]:.0f} – {window[1]:.0f}")
        for slider, value in values.items():
            with QSignalBlocker(slider):
                slider.setValue(value)
        self.reset.setEnabled(tone != PLAIN)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Esc in a slider is ours, before it is a shortcut of the window."""
        ours = isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape
        if ours and event.type() == QEvent.Type.ShortcutOverride:
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)
