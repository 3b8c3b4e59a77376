"""Named roots: the folders that the paths of images are relative to."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from boxwright.store.connection import Store
from boxwright.store.inside import folder_of, inside


@dataclass(frozen=True, slots=True)
class Root:
    """Named folder of images.

    `folder` is absolute.
    """

    id: int
    name: str
    folder: Path

    def file(self, path: str) -> Path:
        """Of the image at `path` below it."""
        return self.folder / inside(path)


class RootRepository:
    """Stored roots.

    A folder inside the project's own is stored relative to it, so that such a project can be moved whole.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[Root]:
        rows = self._store.rows("SELECT id, name, folder FROM root ORDER BY id")
        return [Root(id_, name, self._store.folder / folder_of(folder)) for id_, name, folder in rows]

    def by_name(self, name: str) -> Root | None:
        return next((r for r in self.all() if r.name == name), None)

    def add(self, folder: Path) -> Root:
        """A new root named after its folder, with a number when the name is taken."""
        taken = {r.name for r in self.all()}
        base = folder.name or "images"
        name = next(n for n in (base, *(f"{base}-{i}" for i in range(2, len(taken) + 3))) if n not in taken)
        with self._store.transaction():
            id_ = self._store.write("INSERT INTO root(name, folder) VALUES (?, ?)", [name, self._stored(folder)])
        return Root(id_, name, folder)

    def move(self, root_id: int, folder: Path) -> None:
        with self._store.transaction():
            self._store.write("UPDATE root SET folder = ? WHERE id = ?", [self._stored(folder), root_id])

    def _stored(self, folder: Path) -> str:
        inside = folder.is_relative_to(self._store.folder)
        return folder.relative_to(self._store.folder).as_posix() if inside else str(folder)
