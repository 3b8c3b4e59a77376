"""The look: Fusion with calm light and dark palettes that follow the system unless a person chose one."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from boxwright.config.settings import Theme

_ROLES = QPalette.ColorRole

LIGHT: dict[QPalette.ColorRole, str] = {
    _ROLES.Window: "#f3f4f6",
    _ROLES.WindowText: "#1c2127",
    _ROLES.Base: "#ffffff",
    _ROLES.AlternateBase: "#f7f8fa",
    _ROLES.Text: "#1c2127",
    _ROLES.PlaceholderText: "#6b7480",
    _ROLES.Button: "#f3f4f6",
    _ROLES.ButtonText: "#1c2127",
    _ROLES.BrightText: "#b3261e",
    _ROLES.Highlight: "#2563c9",
    _ROLES.HighlightedText: "#ffffff",
    _ROLES.Link: "#1d56b3",
    _ROLES.ToolTipBase: "#1c2127",
    _ROLES.ToolTipText: "#f3f4f6",
    _ROLES.Light: "#ffffff",
    _ROLES.Midlight: "#e6e8ec",
    _ROLES.Mid: "#c8ccd3",
    _ROLES.Dark: "#a9aeb7",
    _ROLES.Shadow: "#7c828c",
    _ROLES.Accent: "#2563c9",
}
DARK: dict[QPalette.ColorRole, str] = {
    _ROLES.Window: "#23262b",
    _ROLES.WindowText: "#e4e7eb",
    _ROLES.Base: "#1a1d21",
    _ROLES.AlternateBase: "#202328",
    _ROLES.Text: "#e4e7eb",
    _ROLES.PlaceholderText: "#98a1ad",
    _ROLES.Button: "#2b2f35",
    _ROLES.ButtonText: "#e4e7eb",
    _ROLES.BrightText: "#ff8f85",
    _ROLES.Highlight: "#3b76d6",
    _ROLES.HighlightedText: "#ffffff",
    _ROLES.Link: "#8ab6ff",
    _ROLES.ToolTipBase: "#e4e7eb",
    _ROLES.ToolTipText: "#1a1d21",
    _ROLES.Light: "#3a3f47",
    _ROLES.Midlight: "#33383f",
    _ROLES.Mid: "#41474f",
    _ROLES.Dark: "#14161a",
    _ROLES.Shadow: "#0c0d0f",
    _ROLES.Accent: "#5b93ec",
}
_FADED = (_ROLES.WindowText, _ROLES.Text, _ROLES.ButtonText)

STYLE_SHEET = """
QToolTip { padding: 3px 6px; border: 0; }
QToolBar { spacing: 2px; padding: 2px 4px; border: 0; border-bottom: 1px solid palette(mid); }
QToolBar::separator { width: 1px; margin: 5px 5px; background: palette(mid); }
QToolButton { padding: 4px 6px; border: 1px solid transparent; border-radius: 4px; }
QToolButton:hover { background: palette(midlight); }
QToolButton:checked { background: palette(highlight); color: palette(highlighted-text); }
QDockWidget { titlebar-close-icon: none; titlebar-normal-icon: none; }
QStatusBar { border-top: 1px solid palette(mid); }
QStatusBar::item { border: 0; }
QAbstractItemView { border: 0; outline: 0; }
QListView, QTreeView { background: palette(base); }
QHeaderView::section { padding: 3px 6px; border: 0; border-bottom: 1px solid palette(mid); }
QHeaderView::section { background: palette(window); }
QSplitter::handle { background: palette(mid); }
QProgressBar { border: 1px solid palette(mid); border-radius: 3px; background: palette(base); text-align: center; }
QProgressBar::chunk { background: CHUNK; border-radius: 2px; }
QCheckBox::indicator:unchecked { width: 13px; height: 13px; border-radius: 3px; }
QCheckBox::indicator:unchecked { border: 1px solid palette(placeholder-text); background: palette(base); }
QRadioButton::indicator:unchecked { width: 11px; height: 11px; border-radius: 6px; }
QRadioButton::indicator:unchecked { border: 1px solid palette(placeholder-text); background: palette(base); }
#panelTitle { font-weight: 600; }
#quiet { color: palette(placeholder-text); }
#card { background: palette(base); border: 1px solid palette(mid); border-radius: 8px; }
"""


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Set style, palette and style sheet now, and again whenever the system turns light or dark."""
    hints = app.styleHints()
    hints.setColorScheme(
        {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}[theme]
    )
    app.setStyle("Fusion")

    def repaint() -> None:
        dark = theme == "dark" or (theme == "system" and hints.colorScheme() is Qt.ColorScheme.Dark)
        app.setPalette(palette(dark))
        # Set after the palette: `palette(...)` in a style sheet is resolved when the sheet is set.
        app.setStyleSheet(STYLE_SHEET.replace("CHUNK", "#34588f" if dark else "#a9c6f2"))

    hints.colorSchemeChanged.connect(lambda _: repaint())
    repaint()


def is_dark() -> bool:
    return QApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def palette(dark: bool) -> QPalette:
    result = QPalette()
    for role, color in (DARK if dark else LIGHT).items():
        result.setColor(role, QColor(color))
    for role in _FADED:
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor("#6d747e" if dark else "#9aa1ab"))
    return result


# Colours that carry a meaning, told apart in both palettes; always beside a word or a shape as well.
GOOD = QColor("#2e9e5b")
WARN = QColor("#d08700")
BAD = QColor("#d64545")
QUIET = QColor("#8a929d")
