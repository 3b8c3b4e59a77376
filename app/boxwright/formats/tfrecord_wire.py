"""TFRecord files and the two protocol buffers in a dataset of them: `tf.train.Example`, and the label map.

A record is its length (8 bytes, little endian), the masked CRC-32C of those 8 bytes, its data, and the masked CRC-32C
of that: TensorFlow, `core/lib/io/record_writer.h`. The messages are described here by their field numbers, as in
`core/example/feature.proto` and `object_detection/protos/string_int_label_map.proto`, and TensorFlow is not needed.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, BinaryIO

from boxwright.domain.errors import FormatError
from boxwright.domain.messages import reason_of

_HEAD, _TAIL = 12, 4
_MASK_DELTA = 0xA282EAD8
# No image with its boxes is larger, and a wrong length must not ask for all memory.
LARGEST_RECORD = 1 << 30
Values = Sequence[int] | Sequence[float] | Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Record:
    """Record of a TFRecord file.

    `data` is None when it is not what its checksum says. `number` counts from 1, `offset` is that of the record.
    """

    number: int
    offset: int
    data: bytes | None


def masked_crc(data: bytes) -> int:
    """The masked CRC-32C of `data`."""
    import google_crc32c

    crc = int(google_crc32c.value(data))
    return (((crc >> 15) | (crc << 17)) + _MASK_DELTA) & 0xFFFFFFFF


def write_record(handle: BinaryIO, data: bytes) -> None:
    head = struct.pack("<Q", len(data))
    handle.write(head + struct.pack("<I", masked_crc(head)) + data + struct.pack("<I", masked_crc(data)))


def records(file: Path) -> Iterator[Record]:
    """The records of `file`, one in memory at a time. Raises FormatError where the file stops being a TFRecord file:
    what follows a broken length cannot be found again."""
    try:
        with file.open("rb") as handle:
            number, offset = 0, 0
            while head := handle.read(_HEAD):
                number += 1
                length = length_of(head)
                if length is None or length > LARGEST_RECORD:
                    raise FormatError("{0}: record {1} is broken, so it and what follows cannot be read.", file, number)
                body = handle.read(length + _TAIL)
                if len(body) < length + _TAIL:
                    raise FormatError(
                        "{0} ends within record {1}; the file may be cut off, so get it again.", file, number
                    )
                data = body[:length]
                sound = struct.unpack("<I", body[length:])[0] == masked_crc(data)
                yield Record(number, offset, data if sound else None)
                offset += _HEAD + length + _TAIL
    except OSError as error:
        raise FormatError("{0} cannot be read: {1}.", file, reason_of(error)) from error


def record_at(file: Path, offset: int) -> bytes:
    """The data of the record that begins at `offset`."""
    with file.open("rb") as handle:
        handle.seek(offset)
        length = length_of(handle.read(_HEAD))
        return handle.read(min(length or 0, LARGEST_RECORD))


def length_of(head: bytes) -> int | None:
    """The length that the first 12 bytes of a record tell; None when their checksum is wrong."""
    if len(head) < _HEAD:
        return None
    length, crc = struct.unpack("<QI", head[:_HEAD])
    return int(length) if crc == masked_crc(head[:8]) else None


def encode(features: Mapping[str, Values]) -> bytes:
    """An Example with `features`: lists of whole numbers, of numbers or of bytes, told by their first value."""
    example = _messages()["Example"]()
    for name, values in features.items():
        if not values:
            # An empty list is of no kind, and a reader asks for one.
            continue
        feature = example.features.feature[name]
        if isinstance(values[0], bytes):
            feature.bytes_list.value.extend(values)
        elif isinstance(values[0], float):
            feature.float_list.value.extend(values)
        else:
            feature.int64_list.value.extend(values)
    # Not in the order of a hash table: the same dataset is to give the same bytes.
    return bytes(example.SerializeToString(deterministic=True))


def decode(data: bytes) -> dict[str, Values]:
    """The features of an Example. Raises ValueError when `data` is none."""
    from google.protobuf.message import DecodeError

    example = _messages()["Example"]()
    try:
        example.ParseFromString(data)
    except DecodeError as error:
        raise ValueError(str(error)) from error
    found: dict[str, Values] = {}
    for name, feature in example.features.feature.items():
        kind = feature.WhichOneof("kind")
        found[name] = getattr(feature, kind).value if kind else ()
    return found


def label_map_text(names: Mapping[int, str]) -> bytes:
    """A label map, from the names by their numbers."""
    from google.protobuf import text_format

    label_map = _messages()["StringIntLabelMap"]()
    for number, name in names.items():
        label_map.item.add(id=number, name=name)
    return str(text_format.MessageToString(label_map, as_utf8=True)).encode()


def label_map_names(text: str) -> dict[int, str]:
    """The names of a label map by their numbers. Raises ValueError when `text` is none."""
    from google.protobuf import text_format

    label_map = _messages()["StringIntLabelMap"]()
    try:
        text_format.Parse(text, label_map, allow_unknown_field=True)
    except text_format.ParseError as error:
        raise ValueError(str(error)) from error
    return {item.id: item.display_name or item.name for item in label_map.item}


@cache
def _messages() -> dict[str, Any]:
    """The message classes by name."""
    from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

    kind = descriptor_pb2.FieldDescriptorProto
    file = descriptor_pb2.FileDescriptorProto(name="boxwright/example.proto", package="boxwright", syntax="proto3")

    def message(name: str, *fields: tuple[str, int, int, int, str], within: Any = None) -> Any:
        made = (file.message_type if within is None else within.nested_type).add(name=name)
        for field_name, number, type_, label, of in fields:
            made.field.add(name=field_name, number=number, type=type_, label=label, type_name=of or None)
        return made

    one, many = kind.LABEL_OPTIONAL, kind.LABEL_REPEATED
    message("BytesList", ("value", 1, kind.TYPE_BYTES, many, ""))
    message("FloatList", ("value", 1, kind.TYPE_FLOAT, many, ""))
    message("Int64List", ("value", 1, kind.TYPE_INT64, many, ""))
    lists = (("bytes_list", 1, "BytesList"), ("float_list", 2, "FloatList"), ("int64_list", 3, "Int64List"))
    feature = message("Feature", *((n, i, kind.TYPE_MESSAGE, one, f".boxwright.{of}") for n, i, of in lists))
    feature.oneof_decl.add(name="kind")
    for field in feature.field:
        field.oneof_index = 0
    features = message("Features", ("feature", 1, kind.TYPE_MESSAGE, many, ".boxwright.Features.FeatureEntry"))
    value = ("value", 2, kind.TYPE_MESSAGE, one, ".boxwright.Feature")
    entry = message("FeatureEntry", ("key", 1, kind.TYPE_STRING, one, ""), value, within=features)
    entry.options.map_entry = True
    message("Example", ("features", 1, kind.TYPE_MESSAGE, one, ".boxwright.Features"))
    strings = (("name", 1, kind.TYPE_STRING), ("id", 2, kind.TYPE_INT32), ("display_name", 3, kind.TYPE_STRING))
    message("StringIntLabelMapItem", *((n, i, type_, one, "") for n, i, type_ in strings))
    message("StringIntLabelMap", ("item", 1, kind.TYPE_MESSAGE, many, ".boxwright.StringIntLabelMapItem"))
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {
        name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"boxwright.{name}"))
        for name in ("Example", "StringIntLabelMap")
    }
