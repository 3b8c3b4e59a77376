"""The themes: readable, followed at once, and with a focus that is seen."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QToolButton, QVBoxLayout, QWidget
from tests.ui.conftest import show, wait_until

from boxwright.config.settings import Theme
from boxwright.ui.look.palettes import PALETTES, TONES, ThemeName
from boxwright.ui.look.theme import ThemeSwitcher, apply_theme, shown_theme

R = QPalette.ColorRole
READABLE = 4.5
SEEN = 3.0
WORDS = [
    (text, ground)
    for text, grounds in {
        R.WindowText: (R.Window,), R.Text: (R.Base, R.AlternateBase), R.ButtonText: (R.Button, R.Midlight),
        R.PlaceholderText: (R.Base, R.AlternateBase, R.Window), R.BrightText: (R.Window, R.Base),
        R.Link: (R.Window, R.Base), R.HighlightedText: (R.Highlight,), R.ToolTipText: (R.ToolTipBase,),
    }.items()
    for ground in grounds
]  # fmt: skip


def luminance(color: str) -> float:
    """Relative luminance by WCAG 2: 0 black to 1 white."""
    known = QColor(color)
    parts = (known.redF(), known.greenF(), known.blueF())
    channels = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
    return 0.2126 * channels[0] + 0.7152 * channels[1] + 0.0722 * channels[2]


def contrast(a: str, b: str) -> float:
    """1 to 21."""
    dark, light = sorted((luminance(a), luminance(b)))
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", PALETTES)
def test_every_text_is_readable(theme: ThemeName) -> None:
    colors, tones = PALETTES[theme], TONES[theme]
    pairs = {f"{text.name} on {ground.name}": (colors[text], colors[ground]) for text, ground in WORDS}
    for name in ("good", "warn", "bad", "quiet"):
        pairs[f"{name} on Base"] = (getattr(tones, name), colors[R.Base])
        pairs[f"{name} on Window"] = (getattr(tones, name), colors[R.Window])
    pairs["Text on the filled part of a progress bar"] = (colors[R.Text], tones.chunk)
    pairs["words of the banner"] = (tones.on_banner, tones.banner)
    poor = {name: round(contrast(*pair), 2) for name, pair in pairs.items() if contrast(*pair) < READABLE}
    assert poor == {}


@pytest.mark.parametrize("theme", PALETTES)
def test_the_focus_and_what_is_chosen_are_seen(theme: ThemeName) -> None:
    colors = PALETTES[theme]
    for ground in (R.Window, R.Base):
        assert contrast(colors[R.Highlight], colors[ground]) >= SEEN
        assert contrast(colors[R.Accent], colors[ground]) >= SEEN


def test_high_contrast_reaches_seven_to_one() -> None:
    colors = PALETTES["contrast"]
    poor = {(t.name, g.name): contrast(colors[t], colors[g]) for t, g in WORDS}
    assert min(poor.values()) >= 7, poor


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    yield qapp
    apply_theme(qapp, "light")


def test_the_system_is_followed_only_while_nobody_chose_a_theme(app: QApplication) -> None:
    hints = app.styleHints()
    apply_theme(app, "system")
    before = shown_theme()
    for theme in ("dark", "contrast", "light"):
        apply_theme(app, theme)
        assert shown_theme() == theme
        hints.colorSchemeChanged.emit(Qt.ColorScheme.Dark)
        assert shown_theme() == theme
    apply_theme(app, "system")
    assert shown_theme() == before
    assert len(app.findChildren(ThemeSwitcher)) == 1


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("kind", [QPushButton, QToolButton])
def test_a_button_with_the_focus_looks_otherwise_than_its_neighbour(app, qtbot, theme: Theme, kind) -> None:
    apply_theme(app, theme)
    window = QWidget()
    layout = QVBoxLayout(window)
    buttons = [kind() for _ in range(2)]
    for button in buttons:
        button.setText("Draw")
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        layout.addWidget(button)
    qtbot.addWidget(window)
    show(window)
    buttons[1].setFocus()
    wait_until(buttons[1].hasFocus)
    QTest.keyClick(buttons[1], Qt.Key.Key_Tab)
    wait_until(buttons[0].hasFocus)
    pictures = [button.grab().toImage() for button in buttons]
    assert all(a.size() == b.size() for a, b in pairwise(pictures))
    assert pictures[0] != pictures[1]
