"""Log without names: what happened and where in the code, and nothing that a person or a file named.

It is kept beside the log, because a log that is written cannot be freed of names that nobody knows any more. Kept
of a record are its time, its level, its place in the code and its literal words; of what was filled in, numbers; of an
error its kind and its way through the code.
"""

from __future__ import annotations

import logging
import re
import sys
import sysconfig
import traceback
from collections.abc import Iterator
from logging.handlers import RotatingFileHandler
from pathlib import Path

from boxwright.config import paths
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import Message

GONE = "…"
FILE_BYTES = 300_000
_FIELD = re.compile(r"%[-#0-9.]*([a-zA-Z%])")
_PACKAGE = Path(__file__).resolve().parents[1]
_LIBRARY = Path(sysconfig.get_paths()["stdlib"]).resolve()
# Packages that this program brings: their places in the code are no secret. Others may be a person's own.
_KNOWN = frozenset({
    "PIL", "PySide6", "click", "cv2", "defusedxml", "google", "hotcoco", "markdown_it", "numpy", "onnx", "onnxruntime",
    "orjson", "platformdirs", "polib", "pyarrow", "rich", "shiboken6", "sqlite_utils", "torch", "torchvision",
    "ultralytics", "yaml",
})  # fmt: skip


def nameless_file() -> Path:
    return paths.log_dir() / "boxwright-nameless.log"


def nameless_handler(delay: bool = False) -> logging.Handler:
    """Raises OSError where the folder cannot be written."""
    handler = RotatingFileHandler(nameless_file(), maxBytes=FILE_BYTES, backupCount=1, encoding="utf-8", delay=delay)
    handler.setFormatter(NamelessFormatter())
    return handler


class NamelessFormatter(logging.Formatter):
    """Formatter of records without names."""

    def format(self, record: logging.LogRecord) -> str:
        where = record.name if record.name.partition(".")[0] == "boxwright" else GONE
        head = f"{self.formatTime(record)} {record.levelname} {where}:{record.lineno} {_words(record)}"
        error = record.exc_info[1] if record.exc_info else None
        return head if error is None else "\n".join([head, *_way(error)])


def said(value: object) -> str:
    """What of `value` may be told: a number, the literal words of a Message that was filled in, an error's kind."""
    if isinstance(value, bool | int | float):
        return str(value)
    if isinstance(value, BoxwrightError):
        return said(value.message)
    if isinstance(value, BaseException):
        return _kind(value)
    if isinstance(value, Message) and value.arguments:
        form = value.many if value.many and value.arguments[0] != 1 else value.template
        try:
            return form.format(*(v if isinstance(v, int | float) else _Gone(said(v)) for v in value.arguments))
        except (ValueError, IndexError, KeyError):
            return GONE
    return GONE


class _Gone(str):
    """Words that take any format."""

    __slots__ = ()

    def __format__(self, _spec: str) -> str:
        return str(self)

    def __repr__(self) -> str:
        return str(self)


def _words(record: logging.LogRecord) -> str:
    # Other than a literal of a call, a Message may hold anything.
    if type(record.msg) is not str:
        return said(record.msg)
    values = iter(record.args if isinstance(record.args, tuple) else (record.args,))
    return _FIELD.sub(lambda field: "%" if field[1] == "%" else said(next(values, None)), record.msg)


def _way(error: BaseException | None) -> Iterator[str]:
    """The kinds of `error` and its causes, each with its way through the code, the innermost call last."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield f"  {_kind(error)}" + (f": {said(error)}" if isinstance(error, BoxwrightError) else "")
        for frame, line in traceback.walk_tb(error.__traceback__):
            yield f"    {_place(frame.f_code.co_filename, line, frame.f_code.co_qualname)}"
        error = error.__cause__ or error.__context__


def _kind(error: BaseException) -> str:
    home = type(error).__module__.partition(".")[0]
    known = home in _KNOWN or home == "boxwright" or home in sys.stdlib_module_names
    return type(error).__name__ if known else GONE


def _place(file: str, line: int, function: str) -> str:
    path = Path(file)
    if path.is_relative_to(_PACKAGE):
        return f"boxwright/{path.relative_to(_PACKAGE).as_posix()}:{line} {function}"
    parts = path.parts
    if "site-packages" in parts:
        inside = parts[parts.index("site-packages") + 1 :]
        return f"{'/'.join(inside)}:{line} {function}" if inside and inside[0] in _KNOWN else GONE
    if path.is_relative_to(_LIBRARY):
        return f"python/{path.relative_to(_LIBRARY).as_posix()}:{line} {function}"
    return GONE
