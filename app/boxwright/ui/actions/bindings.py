"""Key bindings of actions: what a person chose, else what the key map says, else what the table says."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtGui import QKeySequence

from boxwright.config.settings import Settings
from boxwright.ui.actions.table import ACTIONS, BY_ID
from boxwright.ui.language.translation import tr
from boxwright.ui.settings.key_maps import KEY_MAPS

FIXED = frozenset({"Esc"})
"""The canvas takes it before any shortcut: it ends whatever is going on."""


def same_key(key: str) -> str:
    """`key` as Qt writes it, so that two spellings of one key are equal; empty for what is no key."""
    return QKeySequence(key).toString(QKeySequence.SequenceFormat.PortableText)


def bindings(settings: Settings) -> dict[str, tuple[str, ...]]:
    """The keys of every action of the table. A key belongs to one action: what a person chose takes it from the key
    map, and that takes it from the table."""
    key_map = KEY_MAPS[settings.key_map]
    levels = [settings.shortcuts, key_map, {action.id: action.keys for action in ACTIONS}]
    taken = {key for key in FIXED for action in ACTIONS if key in action.keys}
    result = {action.id: tuple(k for k in action.keys if k in FIXED) for action in ACTIONS}
    settled: set[str] = set()
    for level in levels:
        claimed = []
        for action_id, keys in level.items():
            if action_id not in BY_ID or action_id in settled:
                continue
            settled.add(action_id)
            kept = [k for k in dict.fromkeys(map(same_key, keys)) if k and k not in taken]
            claimed += kept
            result[action_id] = (*kept, *result[action_id])
        taken |= set(claimed)
    return _each_key_once(result)


def owner_of(key: str, keys: Mapping[str, tuple[str, ...]], besides: str = "") -> str | None:
    """The action other than `besides` that `key` belongs to."""
    key = same_key(key)
    return next((action_id for action_id, own in keys.items() if key in own and action_id != besides), None)


def with_keys(settings: Settings, action_id: str, keys: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """`settings.shortcuts` after a person gave `keys` to an action, from whichever action had them."""
    wanted = tuple(k for k in dict.fromkeys(map(same_key, keys)) if k and k not in FIXED)
    others = {i: tuple(k for k in own if k not in wanted) for i, own in settings.shortcuts.items()}
    return {**others, action_id: wanted}


def without(settings: Settings, action_id: str) -> dict[str, tuple[str, ...]]:
    """`settings.shortcuts` after an action was put back to its key map; keys of it that a person gave to another
    action come back as well."""
    chosen = {i: keys for i, keys in settings.shortcuts.items() if i != action_id}
    back = set(map(same_key, KEY_MAPS[settings.key_map].get(action_id, BY_ID[action_id].keys)))
    return {i: kept for i, keys in chosen.items() if (kept := tuple(k for k in keys if k not in back)) or not keys}


def key_text(keys: Iterable[str]) -> str:
    """ "X or Del", as a person reads it on this system."""
    return tr(" or ").join(QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) for key in keys)


def _each_key_once(result: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """A damaged settings file may give one key to two actions: the first keeps it."""
    seen: set[str] = set()
    for action_id, keys in result.items():
        result[action_id] = tuple(k for k in keys if k not in seen)
        seen.update(keys)
    return result
