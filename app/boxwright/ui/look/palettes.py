"""Colour palettes of the themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtGui import QColor, QPalette

ThemeName = Literal["light", "dark", "contrast"]
_ROLES = QPalette.ColorRole

LIGHT: dict[QPalette.ColorRole, str] = {
    _ROLES.Window: "#f3f4f6",
    _ROLES.WindowText: "#1c2127",
    _ROLES.Base: "#ffffff",
    _ROLES.AlternateBase: "#f7f8fa",
    _ROLES.Text: "#1c2127",
    _ROLES.PlaceholderText: "#5f6874",
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
    _ROLES.Highlight: "#3570d0",
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
CONTRAST: dict[QPalette.ColorRole, str] = {
    _ROLES.Window: "#000000",
    _ROLES.WindowText: "#ffffff",
    _ROLES.Base: "#000000",
    _ROLES.AlternateBase: "#101010",
    _ROLES.Text: "#ffffff",
    _ROLES.PlaceholderText: "#d8d8d8",
    _ROLES.Button: "#404040",
    _ROLES.ButtonText: "#ffffff",
    _ROLES.BrightText: "#ff9d94",
    _ROLES.Highlight: "#ffe100",
    _ROLES.HighlightedText: "#000000",
    _ROLES.Link: "#7fd4ff",
    _ROLES.ToolTipBase: "#ffffff",
    _ROLES.ToolTipText: "#000000",
    _ROLES.Light: "#ffffff",
    _ROLES.Midlight: "#404040",
    _ROLES.Mid: "#b0b0b0",
    _ROLES.Dark: "#808080",
    _ROLES.Shadow: "#808080",
    _ROLES.Accent: "#ffe100",
}


@dataclass(frozen=True, slots=True)
class Tones:
    """Colours that carry a meaning, always beside a word or a shape as well. `chunk`: the filled part of a progress
    bar, under its words. `banner` and `on_banner`: a line across the window, and the words on it."""

    good: str
    warn: str
    bad: str
    quiet: str
    faded: str
    chunk: str
    banner: str
    on_banner: str


TONES: dict[ThemeName, Tones] = {
    "light": Tones("#1d7a43", "#8a5a00", "#b3261e", "#66707c", "#9aa1ab", "#a9c6f2", "#f6d9a6", "#3c2a00"),
    "dark": Tones("#56c785", "#e0a63c", "#ff8f85", "#98a1ad", "#6d747e", "#34588f", "#f6d9a6", "#3c2a00"),
    "contrast": Tones("#5dff9b", "#ffc94d", "#ff9d94", "#d8d8d8", "#9a9a9a", "#5c5200", "#ffe100", "#000000"),
}
PALETTES = {"light": LIGHT, "dark": DARK, "contrast": CONTRAST}
_FADED = (_ROLES.WindowText, _ROLES.Text, _ROLES.ButtonText)


def palette(theme: ThemeName) -> QPalette:
    result = QPalette()
    for role, color in PALETTES[theme].items():
        result.setColor(role, QColor(color))
    for role in _FADED:
        result.setColor(QPalette.ColorGroup.Disabled, role, QColor(TONES[theme].faded))
    return result
