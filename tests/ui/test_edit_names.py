"""Every kind of edit has a name in the window."""

from __future__ import annotations

from boxwright.domain.edits import EditKind
from boxwright.ui.labelling.edit_names import EDIT_NAMES


def test_every_kind_of_edit_has_a_name() -> None:
    assert set(EDIT_NAMES) == set(EditKind)
