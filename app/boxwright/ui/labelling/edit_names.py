"""Names of the kinds of edits in the window."""

from __future__ import annotations

from boxwright.domain.edits import EditKind
from boxwright.domain.messages import N_

EDIT_NAMES = {
    EditKind.DRAW_BOX: N_("Draw box"),
    EditKind.DELETE_BOX: N_("Delete box"),
    EditKind.ACCEPT_BOX: N_("Accept box"),
    EditKind.ACCEPT_BOXES: N_("Accept boxes"),
    EditKind.ACCEPT_ALL: N_("Accept all"),
    EditKind.REJECT_BOX: N_("Reject box"),
    EditKind.REJECT_ALL: N_("Reject all"),
    EditKind.CONFIRM_EMPTY: N_("Confirm empty"),
    EditKind.MARK_LABELLED: N_("Mark labelled"),
    EditKind.SKIP_IMAGE: N_("Skip image"),
    EditKind.CHANGE_TAGS: N_("Change tags"),
    EditKind.CHANGE_TAGS_AND_NOTE: N_("Change tags and note"),
    EditKind.CHANGE_ATTRIBUTES: N_("Change attributes"),
    EditKind.CHANGE_CLASS: N_("Change class"),
    EditKind.MOVE_BOX: N_("Move box"),
    EditKind.RESIZE_BOX: N_("Resize box"),
    EditKind.REDRAW_BOX: N_("Redraw box"),
    EditKind.KEEP_BOX: N_("Keep box"),
    EditKind.TAKE_GUESS: N_("Take guess"),
    EditKind.TAKE_GHOST: N_("Take ghost"),
    EditKind.PASTE_BOX: N_("Paste box"),
    EditKind.DUPLICATE_BOX: N_("Duplicate box"),
    EditKind.COPY_FROM_PREVIOUS_IMAGE: N_("Copy from previous image"),
    EditKind.IMPORT_LABELS: N_("Import labels"),
    EditKind.IMPORT_TAGS: N_("Import tags"),
    EditKind.TAKE_IMPORTED_LABELS: N_("Take imported labels"),
    EditKind.UNDO_IMPORT: N_("Undo import"),
    EditKind.REMOVE_CLASS: N_("Remove class"),
    EditKind.MERGE_CLASSES: N_("Merge classes"),
    EditKind.UNDO_REMOVING_A_CLASS: N_("Undo removing a class"),
    EditKind.TAKE_IN_A_RESCUE_COPY: N_("Take in a rescue copy"),
    EditKind.MARK_BOX: N_("Mark box"),
    EditKind.UNMARK_BOX: N_("Unmark box"),
    EditKind.OTHER: N_("Change"),
}
