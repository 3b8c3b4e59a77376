"""Values read ahead: bounded in bytes, and never read for ever when they do not fit."""

from __future__ import annotations

import threading
import time
import weakref
from collections import Counter
from collections.abc import Iterator

import pytest

from boxwright.services.images.read_ahead import AheadLoader


class Value:
    def __init__(self, size: int) -> None:
        self.size = size


class Shelf:
    """Values of the sizes that their names say; counts how often each was read."""

    def __init__(self) -> None:
        self.reads: Counter[str] = Counter()
        self.ready: list[str] = []
        self.alive: dict[str, weakref.ref[Value]] = {}
        self._told = threading.Condition()
        self.may_go_on = threading.Event()
        self.may_go_on.set()
        self.loader: AheadLoader[str, Value] = AheadLoader(self.read, lambda v: v.size, 100, self._ready)

    def read(self, key: str) -> Value:
        value = Value(int(key.split()[-1]))
        with self._told:
            self.reads[key] += 1
            self.alive[key] = weakref.ref(value)
            self._told.notify_all()
        assert self.may_go_on.wait()
        return value

    def _ready(self, key: str) -> None:
        with self._told:
            self.ready.append(key)
            self._told.notify_all()

    def until_ready(self, key: str) -> None:
        with self._told:
            assert self._told.wait_for(lambda: key in self.ready)

    def until(self, reads: int) -> None:
        with self._told:
            assert self._told.wait_for(lambda: self.reads.total() >= reads)

    def settle(self) -> None:
        """Until there is nothing more to read."""
        loader = self.loader
        with self._told:
            assert self._told.wait_for(lambda: not loader._reading and loader._next() is None)


@pytest.fixture
def shelf() -> Iterator[Shelf]:
    shelf = Shelf()
    yield shelf
    shelf.loader.close()


def test_what_is_held_stays_however_large_and_the_rest_is_read_once(shelf: Shelf) -> None:
    shelf.loader.want(["small 5", "full 300", "next 40", "after 40"], held=2)
    shelf.until(4)
    shelf.settle()
    assert set(shelf.reads.values()) == {1}
    assert shelf.loader.get("small 5")
    assert shelf.loader.get("full 300")
    assert shelf.loader.get("next 40") is None


def test_what_there_was_no_room_for_is_read_at_the_next_wish(shelf: Shelf) -> None:
    shelf.loader.want(["full 300", "next 40"])
    shelf.until(2)
    shelf.settle()
    shelf.loader.want(["next 40"])
    shelf.until(3)
    shelf.settle()
    assert shelf.loader.get("next 40")
    assert shelf.loader.get("full 300") is None
    assert shelf.loader.cached_bytes == 40


def test_what_nobody_wants_goes_before_what_is_wanted(shelf: Shelf) -> None:
    shelf.loader.want(["old 60"])
    shelf.until(1)
    shelf.settle()
    shelf.loader.want(["first 50", "second 50"])
    shelf.until(3)
    shelf.settle()
    assert shelf.loader.get("old 60") is None
    assert shelf.loader.get("first 50")
    assert shelf.loader.get("second 50")


def test_the_reading_threads_hold_on_to_nothing(shelf: Shelf) -> None:
    shelf.loader.want(["full 300"])
    shelf.until_ready("full 300")
    shelf.loader.want([])
    assert shelf.alive["full 300"]() is None


def test_an_answer_that_was_forgotten_while_it_was_read_is_dropped(shelf: Shelf) -> None:
    shelf.may_go_on.clear()
    shelf.loader.want(["old 10", "other 10"])
    shelf.until(2)
    shelf.loader.forget(["old 10"])
    shelf.loader.want([])
    shelf.may_go_on.set()
    assert gone(shelf.alive["old 10"])
    assert shelf.loader.get("old 10") is None
    assert "old 10" not in shelf.ready


def test_what_was_forgotten_is_read_anew_and_only_that_counts(shelf: Shelf) -> None:
    shelf.may_go_on.clear()
    shelf.loader.want(["old 10"])
    shelf.until(1)
    first = shelf.alive["old 10"]
    shelf.loader.forget()
    shelf.loader.want(["old 10"])
    shelf.until(2)
    second = shelf.alive["old 10"]
    shelf.may_go_on.set()
    shelf.until_ready("old 10")
    assert gone(first)
    assert shelf.loader.get("old 10") is second() is not None
    assert shelf.ready == ["old 10"]


def gone(value: weakref.ref[Value]) -> bool:
    """Once the thread that read it has let go of it."""
    end = time.monotonic() + 10
    while value() is not None and time.monotonic() < end:
        pass
    return value() is None
