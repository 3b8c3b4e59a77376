"""Report: the checks and the log as one file to send, without names unless a person wants them in it."""

from __future__ import annotations

import getpass
import os
import re
import socket
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

import boxwright
from boxwright.config import paths
from boxwright.config.logging import log_file
from boxwright.config.nameless_log import nameless_file
from boxwright.config.own_program import own_executable
from boxwright.services.doctor.check import Check, State, worst

LOG_BYTES = 300_000
GONE = "…"
_MARKS = {State.OK: "ok     ", State.WARNING: "warning", State.PROBLEM: "PROBLEM"}
_PATH = re.compile(r"(?<![\w.:])(?:~?(?:/[^\s/'\",;:()]+){2,}/?|[A-Za-z]:\\[^\s'\",;()]+|\\\\[^\s'\",;()]+)")
_SHORTEST = 3


@dataclass(frozen=True)
class Wanted:
    """Contents that a report may have. `names`: of images, folders, detectors, packages of others, and so of the person
    whose folders they are. The log as it is holds names of both kinds, so both are needed for it."""

    names: bool = False
    classes: bool = False


@dataclass(frozen=True)
class Report:
    """Report as it will be written: two texts."""

    text: str
    log: str

    @property
    def whole(self) -> str:
        """Both, as one text."""
        return f"{self.text}\n\n--- Log ---\n\n{self.log or 'There is none.'}\n"


def make_report(checks: Sequence[Check], wanted: Wanted, about: Iterable[Path] = ()) -> Report:
    """The report of `checks`. about: folders whose path may not be in it where names are not wanted."""
    told = [
        f"names of images and folders {'are in it' if wanted.names else 'are left out'}",
        f"names of classes {'are in it' if wanted.classes else 'are left out'}",
    ]
    head = [
        f"Boxwright {boxwright.__version__}, report of {datetime.now(UTC):%Y-%m-%d %H:%M} UTC",
        f"Images are not in it; {'; '.join(told)}.",
        "",
        *lines(checks, wanted),
    ]
    text = "\n".join(head)
    return Report(text if wanted.names else without_names(text, about), log_text(wanted))


def lines(checks: Sequence[Check], wanted: Wanted) -> Iterator[str]:
    """A line for each check under the title of its section, then what to do and, as far as wanted, names."""
    for section, group in groupby(checks, key=lambda one: one.section):
        yield section
        for one in group:
            yield f"  {_MARKS[one.state]}  {one.name}: {one.says}"
            if one.todo:
                yield f"           → {one.todo}"
            shown = [*(one.names if wanted.names else ()), *(one.classes if wanted.classes else ())]
            yield from (f"           · {' '.join(line.split())}" for line in shown)
        yield ""
    yield {
        State.OK: "Everything that was looked at works.",
        State.WARNING: "Everything that is needed works; see the warnings.",
        State.PROBLEM: "Something does not work: see what is marked as a problem, and what to do after the arrow.",
    }[worst(checks)]


def log_text(wanted: Wanted) -> str:
    """The end of the log: as it is where both kinds of names are wanted, else the one that was kept without names."""
    file = log_file() if wanted.names and wanted.classes else nameless_file()
    data = b""
    for place in (Path(f"{file}.1"), file):
        with suppress(OSError):
            data += place.read_bytes()
    end = data[-LOG_BYTES:].decode("utf-8", "replace")
    return end if len(data) <= LOG_BYTES else end.partition("\n")[2]


def without_names(text: str, about: Iterable[Path] = ()) -> str:
    """`text` without paths, the name of the person, and that of the machine."""
    # The longest first: a folder may lie in another.
    for word in sorted({*_own_folders(), *map(str, about)}, key=len, reverse=True):
        text = text.replace(word, GONE)
    text = _PATH.sub(GONE, text)
    for word in _own_names():
        text = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", GONE, text, flags=re.IGNORECASE)
    return text


def _own_folders() -> Iterator[str]:
    yield own_executable()
    for folder in (sys.prefix, sys.base_prefix, tempfile.gettempdir(), Path.cwd(), paths.config_dir(), paths.data_dir(),
                   paths.cache_dir(), paths.log_dir(), Path.home()):  # fmt: skip
        if len(str(folder)) > _SHORTEST:
            yield str(folder)


def _own_names() -> Iterator[str]:
    found: set[str] = {os.environ.get(name, "") for name in ("USER", "LOGNAME", "USERNAME", "HOSTNAME", "COMPUTERNAME")}
    with suppress(OSError, KeyError, ImportError):
        found.add(getpass.getuser())
    with suppress(OSError):
        found.add(socket.gethostname())
    found |= {name.partition(".")[0] for name in found}
    yield from sorted((name for name in found if len(name) >= _SHORTEST), key=len, reverse=True)
