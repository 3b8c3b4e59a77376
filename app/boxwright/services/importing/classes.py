"""Class map of an import: which class of the project each class of a dataset becomes, or none."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from boxwright.domain.errors import SettingError
from boxwright.domain.messages import Message
from boxwright.domain.names import ByName, class_key
from boxwright.formats.dataset import DatasetClass
from boxwright.formats.text import clean_label
from boxwright.services.project.project import Project

DROPPED = -1
# Stands for every class that is not named.
REST = "*"


def parsed_map(texts: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """`OLD=NEW` texts as a mapping. A name may hold `=` itself: the first place is taken where OLD is one of `names`.

    Raises SettingError for a text without `=` or a class that the dataset does not have.
    """
    mapping = {}
    for text in texts:
        places = [i for i, c in enumerate(text) if c == "="]
        if not places:
            raise SettingError("'{0}' is no class map; write OLD=NEW, or OLD= to leave that class out.", text)
        known = [i for i in places if text[:i].strip() in (*names, REST)]
        at = known[0] if known else places[0]
        mapping[text[:at].strip()] = text[at + 1 :].strip()
    return mapping


def new_names(classes: Sequence[DatasetClass], mapping: Mapping[str, str]) -> list[str]:
    """For each class of the dataset its name in the project, "" where it is dropped. Two may get one name: they become
    one class. Raises SettingError for a class in `mapping` that the dataset does not have."""
    names = [known.name for known in classes]
    known = ByName((name, name) for name in names)
    mapping = {name if name == REST else known.find(name) or name: new for name, new in mapping.items()}
    for name in mapping:
        if name != REST and name not in names:
            near = difflib.get_close_matches(name, names, 1)
            hint = Message("did you mean '{0}'?", near[0]) if near else Message("it has {0}.", ", ".join(names[:12]))
            raise SettingError("The dataset has no class '{0}' to map; {1}", name, hint)
    rest = mapping.get(REST)
    return [clean_label(mapping.get(name, name if rest is None else rest)) for name in names]


def class_ids(project: Project, names: Sequence[str]) -> tuple[NDArray[np.int64], tuple[str, ...]]:
    """(C,) int64: the project's id for each of `names`, `DROPPED` for "", and those names that were new. Runs within
    the caller's transaction."""
    known = ByName((c.name, c.id) for c in project.classes.all())
    fresh = {class_key(name): name for name in reversed(names) if name and known.find(name) is None}
    added = tuple(name for name in dict.fromkeys(names) if fresh.get(class_key(name)) == name)
    project.classes.add_all(added)
    known = ByName((c.name, c.id) for c in project.classes.all())
    ids = [known.find(name) if name else DROPPED for name in names]
    return np.array(ids, np.int64).reshape(-1), added
