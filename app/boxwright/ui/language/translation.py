"""Language of the window: which is spoken now, and the catalogue that everything it says is looked up in."""

from __future__ import annotations

import logging

from PySide6.QtCore import QDateTime, QLibraryInfo, QLocale, QObject, Qt, QTranslator
from PySide6.QtWidgets import QApplication

from boxwright.domain.messages import N_
from boxwright.ui.language.catalogue import ENGLISH, Catalogue, catalogues, read

log = logging.getLogger(__name__)


def language_name(chosen: str) -> str:
    """What may be chosen, a language in its own words."""
    own = {"system": N_("as the system"), "en": "English"}
    return own.get(chosen) or QLocale(chosen).nativeLanguageName() or chosen


def resolve(language: str) -> str:
    """What a choice comes to on this machine: "en", or a language that there is a catalogue for."""
    if language != "system":
        return language
    first = "".join(QLocale.system().uiLanguages()[:1]).replace("-", "_")
    return next((known for known in catalogues() if first == known or first.startswith(f"{known}_")), "en")


_now: list[Catalogue] = [ENGLISH]


def tr(text: str) -> str:
    """`text` in the language of now, or as it is where the catalogue does not have it. On any thread: a look-up through
    Qt holds its lock while it waits for Python's; the thread that changes the language waits the other way round."""
    return _now[0].text(text)


def translate(text: str) -> str:
    """What was said below the window, a Message with its parts and any other text whole. On any thread."""
    return _now[0].translate(text)


def time_words(at: str) -> str:
    """A moment, ISO 8601 with its zone, in local time as the language of now writes it."""
    moment = QDateTime.fromString(at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(moment, QLocale.FormatType.ShortFormat)


def catalogue(language: str) -> Catalogue:
    """Of English where there is no other, or where its file cannot be read."""
    file = catalogues().get(language)
    try:
        return ENGLISH if file is None else read(file)
    except (OSError, ValueError):
        log.exception("translations %s", file)
        return ENGLISH


class LookUp(QTranslator):
    """Translator for Qt's own lookups.

    What Qt itself looks up, whatever the class is that shows it.
    """

    def __init__(self, texts: Catalogue, parent: QObject) -> None:
        super().__init__(parent)
        self._texts = texts.texts

    def isEmpty(self) -> bool:
        return not self._texts

    def say(self, context: str, source: str, disambiguation: str | None = None, n: int = -1) -> str | None:
        # None, not an empty text: only then Qt goes on to the next translator and to the source.
        return self._texts.get(source)


class LanguageSwitcher(QObject):
    """Language that is installed now. One per application."""

    def __init__(self, app: QApplication) -> None:
        super().__init__(app)
        self._app = app
        self._installed: list[QTranslator] = []

    def speak(self, language: str) -> None:
        for translator in self._installed:
            self._app.removeTranslator(translator)
            translator.deleteLater()
        self._installed = []
        locale = QLocale(language)
        # Spin boxes, dates and numbers follow.
        QLocale.setDefault(locale)
        _now[0] = texts = catalogue(language)
        if language == "en":
            return
        for translator in (self._of_qt(locale), LookUp(texts, self)):
            self._app.installTranslator(translator)
            self._installed.append(translator)

    def _of_qt(self, locale: QLocale) -> QTranslator:
        """Cancel, Close and the like, and the dialogs that Qt brings."""
        translator = QTranslator(self)
        translator.load(locale, "qtbase", "_", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
        return translator


def use_language(app: QApplication, language: str) -> None:
    """What is made from now on speaks `language`; what is there is told by `MainWindow.retranslate`."""
    found = app.findChild(LanguageSwitcher)
    (found if isinstance(found, LanguageSwitcher) else LanguageSwitcher(app)).speak(resolve(language))
