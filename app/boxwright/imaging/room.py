"""Memory limit for decoding images: how much all threads of the process take at once together."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from boxwright.imaging.header import Header

LIMIT_BYTES = 1 << 30


class DecodingRoom:
    """Budget of bytes that decoding threads share.

    At most `limit` bytes are taken at once; who needs more than that has the room alone.
    """

    def __init__(self, limit: int = LIMIT_BYTES) -> None:
        self._limit = limit
        self._taken = 0
        self._changed = threading.Condition()

    @contextmanager
    def taking(self, size: int) -> Iterator[None]:
        """Waits until `size` bytes are free; they are free again afterwards."""
        with self._changed:
            self._changed.wait_for(lambda: not self._taken or self._taken + size <= self._limit)
            self._taken += size
        try:
            yield
        finally:
            with self._changed:
                self._taken -= size
                self._changed.notify_all()


ROOM = DecodingRoom()


def decoded_bytes(header: Header, factor: int) -> int:
    """What decoding takes at its peak: the pixels as stored, as 8 bits a channel, and upright. JPEG is decoded at 1/2,
    1/4 or 1/8 of its sides where `factor` is 2, 4 or 8."""
    pixels = header.width * header.height
    if header.format in ("JPEG", "MPO"):
        pixels //= factor * factor
    a_pixel = 3 + (3 if header.orientation > 1 else 0) + (4 if header.alpha else 0) + (10 if header.deep else 0)
    return pixels * a_pixel
