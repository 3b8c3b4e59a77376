"""Files in a project's `backups` folder: their names, which are there, and which are old enough to go."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

FOLDER = "backups"
# A project that could not be opened, kept as it was when an earlier copy took its place.
DAMAGED = "damaged"
GOING_BACK = "before-going-back"
NEWEST, DAYS, DAMAGED_KEPT = 10, 14, 2
MOST_BYTES = 2 << 30
# However large they are.
AT_LEAST = 3
_STAMP = "%Y%m%d-%H%M%S-%f"
_PART = re.compile(r"\.(project|\d{8}-\d{6}-\d{6}-[a-z-]+)\.[0-9a-f]{12}\.part\.db(-journal|-wal|-shm)?")
_NAME = re.compile(r"(\d{8}-\d{6}-\d{6})-([a-z]+(?:-[a-z]+)*)\.db")


@dataclass(frozen=True, slots=True)
class Backup:
    """Backup file.

    `made`: UTC. `why`: the end of the file's name, such as `before-import`.
    """

    path: Path
    made: datetime
    why: str
    size: int

    @property
    def name(self) -> str:
        return self.path.stem


def name_for(made: datetime, why: str) -> str:
    return f"{made.astimezone(UTC).strftime(_STAMP)}-{why}.db"


def backups(project_folder: Path) -> list[Backup]:
    """Newest first; files with other names are somebody's own and are not among them. Empty where none can be read."""
    try:
        found = [backup for path in (project_folder / FOLDER).iterdir() if (backup := _read(path)) is not None]
    except OSError:
        return []
    return sorted(found, key=lambda backup: (backup.made, backup.why), reverse=True)


def good(listed: Sequence[Backup]) -> list[Backup]:
    """Those that were whole when they were made."""
    return [backup for backup in listed if backup.why != DAMAGED]


def to_offer(listed: Sequence[Backup]) -> list[Backup]:
    """The good ones, the best to go back to first: what somebody has gone back from comes last."""
    return sorted(good(listed), key=lambda backup: backup.why == GOING_BACK)


def superfluous(listed: Sequence[Backup]) -> list[Backup]:
    """Of all of them, newest first, what is not kept. Kept are the newest `NEWEST` and the newest of each of the latest
    `DAYS` days that have one, together at most `MOST_BYTES` but always `AT_LEAST`; and `DAMAGED_KEPT` damaged files."""
    days: dict[date, Backup] = {}
    whole = good(listed)
    for backup in whole:
        days.setdefault(backup.made.astimezone().date(), backup)
    wanted = {backup.path for backup in (*whole[:NEWEST], *list(days.values())[:DAYS])}
    kept: set[Path] = {backup.path for backup in listed if backup.why == DAMAGED}
    kept -= {backup.path for backup in [b for b in listed if b.why == DAMAGED][DAMAGED_KEPT:]}
    total = count = 0
    for backup in whole:
        if backup.path in wanted and (count < AT_LEAST or total + backup.size <= MOST_BYTES):
            kept.add(backup.path)
            total, count = total + backup.size, count + 1
    return [backup for backup in listed if backup.path not in kept]


def remove(backup: Backup) -> None:
    """With the journal of a damaged one."""
    for path in (backup.path, Path(f"{backup.path}-wal")):
        with suppress(OSError):
            path.unlink()


def remove_parts(project_folder: Path) -> None:
    """Copies that a killed program left half-way. For the one who holds the writer lock."""
    if (project_folder / FOLDER).is_symlink():
        return
    with suppress(OSError):
        for path in (*(project_folder / FOLDER).glob(".*.part.db*"), *project_folder.glob(".project.*.part.db*")):
            if _PART.fullmatch(path.name):
                path.unlink()


def _read(path: Path) -> Backup | None:
    found = _NAME.fullmatch(path.name)
    if found is None:
        return None
    try:
        made = datetime.strptime(found[1], _STAMP).replace(tzinfo=UTC)
        return Backup(path, made, found[2], path.stat().st_size)
    except (ValueError, OSError):
        return None
