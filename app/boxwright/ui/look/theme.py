"""Themes: Fusion with calm palettes, light, dark or of high contrast, as the system unless a person chose one."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from boxwright.config import paths
from boxwright.config.settings import Theme
from boxwright.ui.look.palettes import TONES, ThemeName, Tones, palette

STYLE_SHEET = """
QToolTip { padding: 3px 6px; border: 0; background: TIP_GROUND; color: TIP_TEXT; }
QToolBar { spacing: 2px; padding: 2px 4px; border: 0; border-bottom: 1px solid palette(mid); }
QToolBar::separator { width: 1px; margin: 5px 5px; background: palette(mid); }
QToolButton { padding: 4px 6px; border: 1px solid transparent; border-radius: 4px; }
QToolButton:hover { background: palette(midlight); }
QToolButton:checked { background: palette(highlight); color: palette(highlighted-text); }
QDockWidget::title { padding: 4px 8px; background: palette(window); border-bottom: 1px solid palette(mid); }
QMainWindow::separator { background: palette(mid); width: 2px; height: 2px; }
QMainWindow::separator:hover { background: palette(highlight); }
QStatusBar { border-top: 1px solid palette(mid); }
QStatusBar::item { border: 0; }
QAbstractItemView, QScrollArea, GalleryGrid { border: 1px solid transparent; outline: 0; }
QAbstractItemView:focus, QScrollArea:focus, GalleryGrid:focus { border: 1px solid palette(highlight); }
QPlainTextEdit[readOnly="true"], QTextEdit[readOnly="true"] { border: 1px solid palette(mid); }
QPlainTextEdit[readOnly="true"]:focus, QTextEdit[readOnly="true"]:focus { border: 1px solid palette(highlight); }
QPushButton:default:focus { border: 2px solid palette(highlight); border-radius: 3px; padding: 3px 4px; }
QPushButton:default:focus { background: palette(button); }
QToolButton:focus { border: 1px solid palette(highlight); }
QListView, QTreeView { background: palette(base); }
QHeaderView::section { padding: 3px 6px; border: 0; border-bottom: 1px solid palette(mid); }
QHeaderView::section { background: palette(window); }
QSplitter::handle { background: palette(mid); }
QProgressBar { border: 1px solid palette(mid); border-radius: 3px; background: palette(base); text-align: center; }
QProgressBar::chunk { background: CHUNK; border-radius: 2px; }
QCheckBox::indicator:unchecked { width: 13px; height: 13px; border-radius: 3px; }
QCheckBox::indicator:unchecked { border: 1px solid palette(placeholder-text); background: palette(base); }
QCheckBox::indicator:checked { width: 13px; height: 13px; border-radius: 3px; image: url("TICK"); }
QCheckBox::indicator:checked { border: 1px solid palette(highlight); background: palette(highlight); }
QCheckBox::indicator:checked:disabled { border-color: palette(mid); background: palette(mid); }
QRadioButton::indicator:unchecked { width: 11px; height: 11px; border-radius: 6px; }
QRadioButton::indicator:unchecked { border: 1px solid palette(placeholder-text); background: palette(base); }
QRadioButton::indicator:checked { width: 5px; height: 5px; border-radius: 6px; }
QRadioButton::indicator:checked { border: 4px solid palette(highlight); background: palette(base); }
QRadioButton::indicator:checked:disabled { border-color: palette(mid); }
#panelTitle { font-weight: 600; }
#quiet { color: palette(placeholder-text); }
#problem, #bad { color: palette(bright-text); }
#bad { font-weight: 600; }
#losses { border: 0 solid WARN; border-left-width: 3px; padding-left: 8px; }
#banner { background: BANNER; }
#banner QLabel, #banner QToolButton { color: ON_BANNER; }
#drop { background: palette(base); border: 2px dashed palette(highlight); border-radius: 12px; }
#drop { font-size: 15pt; padding: 40px; }
#drop:disabled { border-color: palette(mid); }
#card { background: palette(base); border: 1px solid palette(mid); border-radius: 8px; }
"""
# Fusion draws the edge of a field darker than the window, which nothing is on black.
CONTRAST_SHEET = """
QLineEdit, QPlainTextEdit, QTextEdit, QPushButton { border: 1px solid palette(mid); }
QAbstractSpinBox { border: 1px solid palette(mid); }
QPushButton { padding: 4px 12px; background: palette(button); }
QPushButton:focus, QLineEdit:focus, QPlainTextEdit:focus { border: 2px solid palette(highlight); }
QPushButton:focus, QPushButton:default:focus { padding: 3px 11px; }
QPushButton:disabled { border-style: dashed; }
QAbstractItemView:focus, QToolButton:focus { border: 2px solid palette(highlight); }
QScrollArea:focus, GalleryGrid:focus { border: 2px solid palette(highlight); }
"""

_SCHEMES = {"system": Qt.ColorScheme.Unknown, "light": Qt.ColorScheme.Light}


class ThemeSwitcher(QObject):
    """Theme of the application: what was chosen, and what is shown for it. One per application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self.chosen: Theme = "system"
        self.shown: ThemeName = "light"
        app.setStyle("Fusion")
        hints = app.styleHints()
        hints.colorSchemeChanged.connect(lambda _: self.repaint())
        # Told since Qt 6.10.
        if hasattr(hints, "accessibility"):
            hints.accessibility().contrastPreferenceChanged.connect(lambda _: self.repaint())

    def choose(self, theme: Theme) -> None:
        self.chosen = theme
        self._app.styleHints().setColorScheme(_SCHEMES.get(theme, Qt.ColorScheme.Dark))
        self.repaint()

    def repaint(self) -> None:
        self.shown = self._system() if self.chosen == "system" else self.chosen
        self._app.setPalette(palette(self.shown))
        # Set after the palette: `palette(...)` in a style sheet is resolved when the sheet is set.
        self._app.setStyleSheet(style_sheet(self.shown))

    def _system(self) -> ThemeName:
        hints = self._app.styleHints()
        # Told since Qt 6.10.
        accessibility = getattr(hints, "accessibility", None)
        if accessibility is not None and accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast:
            return "contrast"
        return "dark" if hints.colorScheme() is Qt.ColorScheme.Dark else "light"


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Let `theme` hold from now on; "system" follows the system whenever it changes."""
    look(app).choose(theme)


def look(app: QApplication) -> ThemeSwitcher:
    found = app.findChild(ThemeSwitcher)
    return found if isinstance(found, ThemeSwitcher) else ThemeSwitcher(app)


def shown_theme() -> ThemeName:
    """What the window looks like now."""
    app = QApplication.instance()
    return look(app).shown if isinstance(app, QApplication) else "light"


def tones() -> Tones:
    """The colours with a meaning, of the theme that is shown now."""
    return TONES[shown_theme()]


def style_sheet(theme: ThemeName) -> str:
    own = TONES[theme]
    sheet = STYLE_SHEET + (CONTRAST_SHEET if theme == "contrast" else "")
    colors = palette(theme)
    on_highlight = colors.color(QPalette.ColorRole.HighlightedText)
    tick = paths.resources() / "icons" / f"tick-{'white' if on_highlight.lightness() > 127 else 'black'}.svg"
    words = {
        "ON_BANNER": own.on_banner, "BANNER": own.banner, "CHUNK": own.chunk, "WARN": own.warn, "TICK": tick.as_posix(),
        # Tips have a palette of their own, which that of the application does not reach.
        "TIP_GROUND": colors.color(QPalette.ColorRole.ToolTipBase).name(),
        "TIP_TEXT": colors.color(QPalette.ColorRole.ToolTipText).name(),
    }  # fmt: skip
    for word, value in words.items():
        sheet = sheet.replace(word, value)
    return sheet


def tone(name: str) -> QColor:
    """`good`, `warn`, `bad` or `quiet` as it is shown now."""
    return QColor(getattr(tones(), name))
