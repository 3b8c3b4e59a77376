"""Class names as commands take them: a list with commas, or a text file with one name a line."""

from __future__ import annotations

from pathlib import Path

from boxwright.domain.errors import SettingError


def class_names(text: str) -> list[str]:
    """`a,b` or the path of a file, in order. Raises SettingError for a missing file, an empty list or a name twice."""
    path = Path(text).expanduser()
    if path.is_file():
        names = _lines(path)
    elif path.suffix or "/" in text:
        raise SettingError(f"The class file {text} is not there: check the path, or list the names with commas.")
    else:
        names = [name.strip() for name in text.split(",")]
    names = [name for name in names if name]
    if not names:
        raise SettingError(f"No class name was found in '{text}': list the names with commas, or one a line in a file.")
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise SettingError(f"The class '{twice}' is listed twice: each name can stand for one class only.")
    return names


def _lines(path: Path) -> list[str]:
    try:
        return [line.strip() for line in path.read_text(encoding="utf-8-sig").splitlines()]
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"The class file {path} cannot be read as UTF-8 text: check the file.") from error
