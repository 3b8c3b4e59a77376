"""Wire format of protobuf, as much of it as an ONNX file needs to be read and added to without its library."""

from __future__ import annotations

from collections.abc import Iterator


def fields(view: memoryview) -> Iterator[tuple[int, memoryview]]:
    """The length-delimited fields of a message; the others are stepped over. Raises IndexError, ValueError."""
    at, end = 0, len(view)
    while at < end:
        key, at = _varint(view, at)
        number, wire = key >> 3, key & 7
        if wire == 0:
            _, at = _varint(view, at)
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        elif wire == 2:
            length, at = _varint(view, at)
            if at + length > end:
                raise ValueError("a field is longer than its message")
            yield number, view[at : at + length]
            at += length
        else:
            raise ValueError(f"unknown wire type {wire}")
    if at != end:
        raise ValueError("a field is longer than its message")


def length_delimited(number: int, content: bytes) -> bytes:
    """The field `number` of a message, holding `content`."""
    return _written(number << 3 | 2) + _written(len(content)) + content


def _written(value: int) -> bytes:
    parts = bytearray()
    while value > 0x7F:
        parts.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*parts, value])


def _varint(view: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = view[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at
        if shift > 63:
            raise ValueError("a number is too long")
