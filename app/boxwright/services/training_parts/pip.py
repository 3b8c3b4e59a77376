"""Runs of pip in a child process: what it fetches and how far that is, its lines, and why it failed in one sentence."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from boxwright.config.own_program import own_command
from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress, Report, ShouldStop
from boxwright.training.program import run_program

Hear = Callable[[str], None]
_FETCHING = re.compile(r"Downloading (\S+\.whl) \(([\d.]+) (bytes|kB|MB|GB)\)")
_UNITS = {"bytes": 1e-6, "kB": 1e-3, "MB": 1.0, "GB": 1e3}
# What pip says in these cases, in all its versions since 22.
_NO_NETWORK = re.compile(
    r"name resolution|getaddrinfo|NewConnectionError|Failed to establish|timed? ?out|unreachable|Max retries"
    r"|ProxyError|SSLError|Connection (?:refused|reset|aborted|broken)|IncompleteRead",
    re.IGNORECASE,
)
_FULL = re.compile(r"No space left on device|Errno 28|not enough space on the disk", re.IGNORECASE)
_REFUSED = re.compile(r"Errno 13|Errno 30|Permission denied|Access is denied|Read-only file system", re.IGNORECASE)
_ERROR = re.compile(r"^\s*ERROR: (.+)")
# Lines kept for telling why it failed.
_TAIL = 200


class PipFailed(TrainingError):
    """Failure of pip; nothing was added."""


class NotOffered(PipFailed):
    """Failure of pip to find a release that fits, where it looked."""


class NoNetwork(PipFailed):
    """Failure of pip to reach the package index."""


@dataclass(frozen=True)
class Pip:
    """Runs of pip on behalf of one task.

    `work`: a folder for what it fetches, on a disk with room. `hear` gets each of its lines, `report` how far the file
    is that it fetches, in MB.
    """

    work: Path
    hear: Hear
    report: Report
    should_stop: ShouldStop

    def run(self, *arguments: str) -> None:
        """`pip ARGUMENTS…` with the index and everything else that pip is set to. Raises `Cancelled` and
        `PipFailed`."""
        temporary = self.work / "tmp"
        temporary.mkdir(parents=True, exist_ok=True)
        watch = _FetchWatch(temporary, self.report)
        said: list[str] = []

        def hear(line: str) -> None:
            said.append(line)
            del said[:-_TAIL]
            watch.hear(line)
            self.hear(line)

        def should_stop() -> bool:
            watch.look()
            return self.should_stop()

        command = own_command("pip", *arguments, "--disable-pip-version-check", "--no-input")
        self.hear(f"$ {' '.join(command)}")
        ending = run_program(command, self.work, environment(temporary), hear, should_stop)
        if ending.code != 0:
            raise why(said, ending.code)


def environment(temporary: Path) -> dict[str, str]:
    """Of a run of pip: lines at once, no colours, no modules of the present folder, and its files in `temporary`, where
    they are measured."""
    told = {
        "PYTHONUNBUFFERED": "1",
        "NO_COLOR": "1",
        "PIP_PROGRESS_BAR": "off",
        "PYTHONIOENCODING": "utf-8",
        "PYTHONSAFEPATH": "1",
    }
    return {**os.environ, **told, **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))}


def why(lines: Sequence[str], code: int | None) -> PipFailed:
    """The error for what pip printed before it ended with `code`."""
    text = "\n".join(lines)
    errors = [found[1] for line in lines if (found := _ERROR.match(line))]
    if _FULL.search(text):
        return PipFailed("The disk is full, so the training parts were not added; free some space and try again.")
    if _NO_NETWORK.search(text) and not any("conflict" in error.lower() for error in errors):
        return NoNetwork(
            "The package index cannot be reached from here; connect this machine, or take the wheels from a folder."
        )
    if _REFUSED.search(text):
        return PipFailed("pip may not write where it has to: {0}", errors[-1] if errors else "")
    missing = next((error for error in errors if "No matching distribution found" in error), None)
    if missing is not None:
        return NotOffered("pip found no release that fits this Python: {0}.", missing.rstrip("."))
    if errors:
        return PipFailed("pip could not do it: {0}", errors[0])
    return PipFailed(
        "pip ended unexpectedly (exit status {0}); the log has what it said.", "?" if code is None else code
    )


class _FetchWatch:
    """Watch on the file that pip fetches: its name and size are in a line, how much of it is there is on the disk."""

    def __init__(self, temporary: Path, report: Report) -> None:
        self._temporary, self._report = temporary, report
        self._name, self._megabytes = "", 0.0

    def hear(self, line: str) -> None:
        if found := _FETCHING.search(line):
            self._name = unquote(found[1].rsplit("/", 1)[-1])
            self._megabytes = float(found[2]) * _UNITS[found[3]]
            self.look()
        elif line.strip() and not line.startswith(" "):
            self._name = ""

    def look(self) -> None:
        if self._name:
            there = max((_size(file) for file in self._temporary.glob(f"*/{self._name}")), default=0)
            total = max(1, round(self._megabytes))
            release = "-".join(self._name.split("-")[:2])
            self._report(Progress(min(total, round(there / 1e6)), total, Message("fetching {0} (MB)", release)))


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
