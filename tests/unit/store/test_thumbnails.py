"""Previews on disk: kept, bounded, and never in the way."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from boxwright.store.thumbnails import ThumbnailStore

KB = b"x" * 1000


def test_what_was_put_is_there_after_a_restart(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path / "cache" / "t.db")
    store.put("a", b"first")
    store.put("a", b"second")
    store.close()
    again = ThumbnailStore(tmp_path / "cache" / "t.db")
    assert (again.get("a"), again.get("b")) == (b"second", None)


def test_those_used_longest_ago_make_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter(range(10_000))
    monkeypatch.setattr("boxwright.store.thumbnails._now", lambda: next(clock))
    store = ThumbnailStore(tmp_path / "t.db", limit_bytes=100 * len(KB))
    for number in range(100):
        store.put(str(number), KB)
    assert store.get("0") is not None, "used again, so the newest now"
    store.put("100", KB)
    store.make_room()
    assert store.stored_bytes == 80 * len(KB)
    assert store.get("0") is not None and store.get("100") is not None
    assert store.get("1") is None and store.get("21") is None and store.get("23") is not None


def test_the_limit_holds_without_being_asked(tmp_path: Path) -> None:
    store = ThumbnailStore(tmp_path / "t.db", limit_bytes=50 * len(KB))
    for number in range(600):
        store.put(str(number), KB)
    assert store.stored_bytes <= (50 + 256) * len(KB)


def test_a_damaged_file_is_thrown_away(tmp_path: Path) -> None:
    (tmp_path / "t.db").write_bytes(b"no database at all" * 100)
    store = ThumbnailStore(tmp_path / "t.db")
    store.put("a", KB)
    assert store.get("a") == KB


def test_a_place_that_cannot_be_written_costs_only_the_previews(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    store = ThumbnailStore(tmp_path / "cache" / "t.db")
    store.put("a", KB)
    assert store.get("a") is None
    assert store.stored_bytes == 0


def test_threads_and_windows_share_it(tmp_path: Path) -> None:
    stores = [ThumbnailStore(tmp_path / "t.db") for _ in range(2)]

    def work(number: int) -> None:
        for n in range(20):
            stores[number % 2].put(f"{number}-{n}", KB)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(stores[0].get(f"{number}-{n}") == KB for number in range(6) for n in range(20))
