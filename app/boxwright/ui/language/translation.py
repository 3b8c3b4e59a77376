"""The language of the window: a catalogue of sentences, English -> theirs, that every `tr` is looked up in."""

from __future__ import annotations

import json
from typing import Literal

from PySide6.QtCore import QDateTime, QLibraryInfo, QLocale, QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from boxwright.config import paths
from boxwright.config.settings import Language
from boxwright.ui.language.sentences import use_sentences

Spoken = Literal["en", "ko"]

NAMES: dict[Language, str] = {"system": "as the system", "en": "English", "ko": "한국어"}
"""Each in its own words."""


def spoken(language: Language) -> Spoken:
    """What a choice comes to on this machine."""
    if language != "system":
        return language
    return "ko" if "".join(QLocale.system().uiLanguages()[:1]).startswith("ko") else "en"


_now: dict[str, str] = {}


def tr(text: str) -> str:
    """`text` in the language of now, or as it is where the catalogue does not have it. On any thread: a look-up through
    Qt holds its lock while it waits for Python's; the thread that changes the language waits the other way round."""
    return _now.get(text, text)


def time_words(at: str) -> str:
    """A moment, ISO 8601 with its zone, in local time as the language of now writes it."""
    moment = QDateTime.fromString(at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def catalogue(language: Spoken) -> dict[str, str]:
    """English -> `language`; empty for English."""
    if language == "en":
        return {}
    texts: dict[str, str] = json.loads((paths.resources() / "translations" / f"{language}.json").read_bytes())
    return texts


class Catalogue(QTranslator):
    """Looks a sentence up whatever the class is that shows it."""

    def __init__(self, texts: dict[str, str], parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts

    def isEmpty(self) -> bool:
        return not self._texts

    def translate(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        # None, not an empty text: only then Qt goes on to the next translator and to the source.
        return self._texts.get(source)


class Tongue(QObject):
    """What is installed now. One per application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._installed: list[QTranslator] = []

    def speak(self, language: Spoken) -> None:
        for translator in self._installed:
            self._app.removeTranslator(translator)
            translator.deleteLater()
        self._installed = []
        locale = QLocale(language)
        # Spin boxes, dates and numbers follow.
        QLocale.setDefault(locale)
        texts = catalogue(language)
        _now.clear()
        _now.update(texts)
        use_sentences(language)
        if language == "en":
            return
        for translator in (self._of_qt(locale), Catalogue(texts, self)):
            self._app.installTranslator(translator)
            self._installed.append(translator)

    def _of_qt(self, locale: QLocale) -> QTranslator:
        """Cancel, Close and the like, and the dialogs that Qt brings."""
        translator = QTranslator(self)
        translator.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        return translator


def use_language(app: QApplication, language: Language) -> None:
    """What is made from now on speaks `language`; what is there is told by `MainWindow.retranslate`."""
    found = app.findChild(Tongue)
    (found if isinstance(found, Tongue) else Tongue(app)).speak(spoken(language))
