"""Logging: warnings on stderr, everything of interest in a file that rotates, and no error that goes unseen."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from boxwright.config import paths
from boxwright.config.nameless_log import nameless_handler
from boxwright.domain.messages import Message, words_of

LOG_BYTES = 1_000_000
LOG_FILES = 3

logger = logging.getLogger("boxwright")


def log_file() -> Path:
    return paths.log_dir() / "boxwright.log"


def start_logging(to_file: bool, stderr_level: int = logging.WARNING) -> None:
    """Log to stderr, and with `to_file` to `log_file()` as well; a second call replaces the first.

    A folder that cannot be written costs the file, with one warning, never the start.
    """
    stop_logging()
    logger.setLevel(logging.DEBUG if stderr_level <= logging.DEBUG else logging.INFO)
    stderr = logging.StreamHandler()
    stderr.setLevel(stderr_level)
    stderr.setFormatter(logging.Formatter("%(message)s"))
    logger.addHandler(stderr)
    if not to_file:
        return
    try:
        log_file().parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(log_file(), maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
        nameless = nameless_handler()
    except OSError as error:
        logger.warning("No log is kept: %s cannot be written (%s).", log_file(), error.strerror)
        return
    file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s [%(threadName)s] %(message)s"))
    logger.addHandler(file)
    logger.addHandler(nameless)


def keep_in_log(words: str, error: BaseException) -> None:
    """Write `error` with its traceback to `log_file()` and to nothing else, also where no log was started: for errors
    of which a person is told in a sentence of their own."""
    record = logger.makeRecord(
        logger.name, logging.ERROR, "", 0, "%s", (words,), (type(error), error, error.__traceback__)
    )
    with suppress(OSError):
        log_file().parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(log_file(), maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8", delay=True)
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s %(message)s"))
        for handler in (file, nameless_handler(delay=True)):
            handler.handle(record)
            handler.close()


def stop_logging() -> None:
    """Flush and close what `start_logging` opened."""
    for handler in list(logger.handlers):
        logger.removeHandler(handler)
        handler.close()


def catch_uncaught(show: Callable[[str], None], sentences: tuple[type[Exception], ...] = ()) -> None:
    """Send every exception nobody caught, of any thread, to the log with its traceback, and one sentence to `show`.

    `show` may be called on any thread. The text of one of `sentences` is a sentence for a person itself.
    """

    def report(kind: type[BaseException], value: BaseException | None, trace: TracebackType | None, where: str) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, value or kind(), trace)
            return
        details = (kind, value or kind(), trace)
        logger.error("Uncaught error in %s", where, exc_info=details)
        # A failing report must not hide the error that it reports.
        with suppress(Exception):
            if isinstance(value, sentences):
                show(words_of(value))
                return
            show(
                Message(
                    "Something went wrong inside Boxwright ({0}: {1}). Details are in {2}.",
                    kind.__name__,
                    str(value),
                    log_file(),
                )
            )

    def on_thread(arguments: threading.ExceptHookArgs) -> None:
        name = arguments.thread.name if arguments.thread else "a thread"
        report(arguments.exc_type, arguments.exc_value, arguments.exc_traceback, name)

    sys.excepthook = lambda kind, value, trace: report(kind, value, trace, "the main thread")
    threading.excepthook = on_thread
