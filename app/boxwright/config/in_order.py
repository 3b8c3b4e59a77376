"""Work on threads whose results come in order, only a little ahead of who takes them."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

Job = TypeVar("Job")
Found = TypeVar("Found")


def map_in_order(
    work: Callable[[Job], Found], jobs: Iterable[Job], threads: int, name: str, ahead: int | None = None
) -> Generator[tuple[Job, Found], None, None]:
    """Each job with what `work` made of it on one of `threads` threads, called `name`, in the order of `jobs`.

    `ahead`: so many wait at most, or are at work, while one is taken; twice the threads unless given. Whoever stops
    taking them stops the work: what has not begun is not done. Raises whatever `work` raises.
    """
    most = 2 * threads if ahead is None else ahead
    with ThreadPoolExecutor(threads, name) as pool:
        waiting: deque[tuple[Job, Future[Found]]] = deque()
        try:
            for job in jobs:
                waiting.append((job, pool.submit(work, job)))
                if len(waiting) > most:
                    first, future = waiting.popleft()
                    yield first, future.result()
            while waiting:
                first, future = waiting.popleft()
                yield first, future.result()
        finally:
            for _, future in waiting:
                future.cancel()
