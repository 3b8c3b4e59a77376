"""Values read ahead of need on a few threads, kept in a cache that is bounded in bytes."""

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
    """`read(key)` runs on `workers` threads, `weigh(value)` is its size in bytes, `on_ready(key)` is called on one of
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

    def want(self, keys: Sequence[K]) -> None:
        """Read `keys`, the most wanted first, and nothing else that has not begun."""
        with self._state:
            self._wanted = tuple(keys)
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
            if self._keep(key, value, generation):
                self._on_ready(key)

    def _next(self) -> K | None:
        return next((k for k in self._wanted if k not in self._values and k not in self._reading), None)

    def _keep(self, key: K, value: T, generation: int) -> bool:
        """Whether the answer still counts and someone wants to hear of it."""
        with self._state:
            if self._closed or self._reading.get(key) != generation:
                return False
            del self._reading[key]
            size = self._weigh(value)
            self._values[key] = (value, size)
            self._bytes += size
            self._shrink(key)
            return key in self._wanted

    def _shrink(self, newest: K) -> None:
        first = self._wanted[0] if self._wanted else newest
        for key in list(self._values):
            if self._bytes <= self._limit:
                return
            # The image on screen and the one just read stay, however large: dropping them would read for ever.
            if key not in (first, newest):
                self._drop(key)

    def _drop(self, key: K) -> None:
        found = self._values.pop(key, None)
        if found is not None:
            self._bytes -= found[1]
