"""Cache of values read ahead of need on a few threads, bounded in bytes."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
T = TypeVar("T")

logger = logging.getLogger(__name__)


class AheadLoader(Generic[K, T]):
    """Loader that reads ahead.

    `read(key)` runs on `workers` threads, `weigh(value)` is its size in bytes, `on_ready(key)` is called on one of
    those threads when a wanted value can be taken with `get`.

    Each `want` replaces the wish before it, so a held-down key never builds up a queue. Every `forget` starts a new
    generation of its keys: an answer that was under way is dropped. `read` must turn what can go wrong into a value.
    """

    def __init__(
        self,
        read: Callable[[K], T],
        weigh: Callable[[T], int],
        limit_bytes: int,
        on_ready: Callable[[K], None],
        workers: int = 2,
    ) -> None:
        self._read, self._weigh, self._limit, self._on_ready = read, weigh, limit_bytes, on_ready
        self._values: OrderedDict[K, tuple[T, int]] = OrderedDict()
        self._bytes = 0
        self._wanted: tuple[K, ...] = ()
        self._held = 1
        self._no_room: set[K] = set()
        self._reading: dict[K, int] = {}
        self._generation = 0
        self._closed = False
        self._state = threading.Condition()
        self._threads = [threading.Thread(target=self._work, name=f"ahead-{i}", daemon=True) for i in range(workers)]
        for thread in self._threads:
            thread.start()

    def get(self, key: K) -> T | None:
        """The value when it is ready, else None; never waits for a read."""
        with self._state:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def want(self, keys: Sequence[K], held: int = 1) -> None:
        """Read `keys`, the most wanted first, and nothing else that has not begun. The first `held` of them stay
        however large they are; of the rest what there is no room for is not read again before the next wish."""
        with self._state:
            self._wanted, self._held = tuple(keys), held
            self._no_room.clear()
            self._shrink()
            self._state.notify_all()

    def forget(self, keys: Iterable[K] | None = None) -> None:
        """Drop the values of `keys` (all when None) and every answer to them that is still under way."""
        with self._state:
            self._generation += 1
            for key in list(self._values if keys is None else keys):
                self._drop(key)
                self._reading.pop(key, None)
            if keys is None:
                self._reading.clear()
            self._state.notify_all()

    @property
    def cached_bytes(self) -> int:
        return self._bytes

    def close(self) -> None:
        """Stop the threads and wait for the reads they are in; `on_ready` is not called afterwards."""
        with self._state:
            self._closed = True
            self._wanted = ()
            self._state.notify_all()
        for thread in self._threads:
            thread.join()
        self._values.clear()
        self._bytes = 0

    def _work(self) -> None:
        while True:
            with self._state:
                while (key := self._next()) is None and not self._closed:
                    self._state.wait()
                if key is None or self._closed:
                    return
                generation = self._reading[key] = self._generation
            try:
                value = self._read(key)
            except Exception:
                # The key stays marked as being read, so that a defect is not retried without end.
                logger.exception("Reading %r ahead failed", key)
                continue
            wanted = self._keep(key, value, generation)
            # Else this thread would hold on to it until it reads again, however long that is.
            del value
            if wanted:
                self._on_ready(key)

    def _next(self) -> K | None:
        known = (self._values.keys(), self._reading.keys(), self._no_room)
        return next((k for k in self._wanted if not any(k in keys for keys in known)), None)

    def _keep(self, key: K, value: T, generation: int) -> bool:
        """Whether the answer still counts and someone wants to hear of it."""
        with self._state:
            if self._closed or self._reading.get(key) != generation:
                return False
            del self._reading[key]
            size = self._weigh(value)
            self._values[key] = (value, size)
            self._bytes += size
            self._shrink()
            return key in self._wanted and key in self._values

    def _shrink(self) -> None:
        """Back under the limit: first goes what nobody wants any more, then what is wanted least."""
        if self._bytes <= self._limit:
            return
        wanted = set(self._wanted)
        unwanted = [key for key in self._values if key not in wanted]
        wanted_least = [key for key in reversed(self._wanted[self._held :]) if key in self._values]
        for key in [*unwanted, *wanted_least]:
            self._drop(key)
            if key in wanted:
                self._no_room.add(key)
            if self._bytes <= self._limit:
                return

    def _drop(self, key: K) -> None:
        found = self._values.pop(key, None)
        if found is not None:
            self._bytes -= found[1]
