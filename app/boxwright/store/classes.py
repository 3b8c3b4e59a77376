"""Classes of a project, as stored."""

from __future__ import annotations

import re
from collections.abc import Sequence

from boxwright.domain.classes import LabelClass, default_color
from boxwright.domain.errors import ProjectError
from boxwright.domain.names import ByName, class_key, clean_class
from boxwright.store.connection import Store


class ClassRepository:
    """Stored classes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def all(self) -> list[LabelClass]:
        """In display order."""
        rows = self._store.rows("SELECT id, name, color, position FROM class ORDER BY position, id")
        return [LabelClass(*row) for row in rows]

    def get(self, class_id: int) -> LabelClass:
        found = next((c for c in self.all() if c.id == class_id), None)
        if found is None:
            raise ProjectError("The project {0} has no class with the number {1}.", self._store.folder, class_id)
        return found

    def add(self, name: str) -> LabelClass:
        """A new class at the end, or the one that already has this name (`domain.names.class_key`)."""
        return self.add_all([name])[0]

    def add_all(self, names: Sequence[str]) -> list[LabelClass]:
        """As `add`, for each of `names`; a dataset may bring thousands."""
        with self._store.transaction():
            known = self.all()
            present = ByName((c.name, c) for c in known)
            made: dict[str, LabelClass] = {}
            position = max((c.position for c in known), default=-1)
            result = []
            for name in map(_clean, names):
                found = present.find(name) or made.get(class_key(name))
                if found is not None:
                    result.append(found)
                    continue
                position += 1
                color = default_color(position)
                id_ = self._store.write(
                    "INSERT INTO class(name, color, position) VALUES (?, ?, ?)", [name, color, position]
                )
                made[class_key(name)] = LabelClass(id_, name, color, position)
                result.append(made[class_key(name)])
        return result

    def rename(self, class_id: int, name: str) -> None:
        """Raises ProjectError when another class has the name."""
        name = _clean(name)
        with self._store.transaction():
            others = (c for c in self.all() if c.id != class_id)
            if name != self.get(class_id).name and any(class_key(c.name) == class_key(name) for c in others):
                raise ProjectError("Another class is already called '{0}': choose a different name.", name)
            self._store.write("UPDATE class SET name = ? WHERE id = ?", [name, self.get(class_id).id])

    def recolor(self, class_id: int, color: str) -> None:
        """`color` is `#rrggbb`."""
        if not re.fullmatch(r"#[0-9a-fA-F]{6}", color):
            raise ProjectError("'{0}' is no colour such as #56b4e9.", color)
        with self._store.transaction():
            self._store.write("UPDATE class SET color = ? WHERE id = ?", [color.lower(), self.get(class_id).id])

    def reorder(self, class_ids: Sequence[int]) -> None:
        """Put the classes in this order; `class_ids` names each of them once."""
        with self._store.transaction():
            if sorted(class_ids) != sorted(c.id for c in self.all()):
                raise ProjectError("The new order must name every class of the project once.")
            self._store.write_many("UPDATE class SET position = ? WHERE id = ?", list(enumerate(class_ids)))


def _clean(name: str) -> str:
    name = clean_class(name)
    if not name:
        raise ProjectError("A class needs a name that is not empty.")
    return name
