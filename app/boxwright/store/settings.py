"""Project settings: a key and a JSON value."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import orjson

from boxwright.store.connection import Store


class SettingRepository(MutableMapping[str, Any]):
    """Stored settings: a mapping whose values are JSON: None, bool, int, float, str, list, dict."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def __getitem__(self, key: str) -> Any:
        text = self._store.value("SELECT value FROM setting WHERE key = ?", [key])
        if text is None:
            raise KeyError(key)
        return orjson.loads(text)

    def __setitem__(self, key: str, value: Any) -> None:
        text = orjson.dumps(value, option=orjson.OPT_SERIALIZE_NUMPY).decode()
        with self._store.transaction():
            self._store.write(
                "INSERT INTO setting VALUES (?, ?) ON CONFLICT(key) DO UPDATE SET value = excluded.value", [key, text]
            )

    def __delitem__(self, key: str) -> None:
        self[key]
        with self._store.transaction():
            self._store.write("DELETE FROM setting WHERE key = ?", [key])

    def __iter__(self) -> Iterator[str]:
        return iter([key for (key,) in self._store.rows("SELECT key FROM setting ORDER BY key")])

    def __len__(self) -> int:
        return int(self._store.value("SELECT count(*) FROM setting"))
