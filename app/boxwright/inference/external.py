"""Side files that hold an ONNX model's weights, read from its protobuf without loading them.

Field numbers are those of `onnx.proto`: ModelProto.graph 7; GraphProto.node 1, .initializer 5, .sparse_initializer 15;
NodeProto.attribute 5; AttributeProto.t 5, .g 6, .tensors 10, .graphs 11; SparseTensorProto.values 1, .indices 2;
TensorProto.external_data 13; StringStringEntryProto.key 1, .value 2.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from traceback import clear_frames

from boxwright.domain.errors import ModelError
from boxwright.inference.wire import fields

_MODEL, _GRAPH, _NODE, _ATTRIBUTE, _SPARSE, _TENSOR = "model", "graph", "node", "attribute", "sparse", "tensor"

# Which fields of a message hold which message.
_INSIDE: dict[str, dict[int, str]] = {
    _MODEL: {7: _GRAPH},
    _GRAPH: {1: _NODE, 5: _TENSOR, 15: _SPARSE},
    _NODE: {5: _ATTRIBUTE},
    _ATTRIBUTE: {5: _TENSOR, 6: _GRAPH, 10: _TENSOR, 11: _GRAPH},
    _SPARSE: {1: _TENSOR, 2: _TENSOR},
}
_EXTERNAL_DATA = 13
_DEEPEST = 64


def external_files(path: Path) -> list[str]:
    """Names of the data files that `path` refers to, relative to its folder, each once, in order.

    Raises ModelError for a name that leads out of that folder or a file that is no ONNX model.
    """
    if path.stat().st_size == 0:
        return []
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        view = memoryview(data)
        try:
            found = list(dict.fromkeys(_locations(view, _MODEL, 0)))
        except (IndexError, ValueError) as error:
            # Where it broke off pieces of the file are still held, and with them it could not be closed.
            clear_frames(error.__traceback__)
            raise ModelError("{0} is not an ONNX file or was cut off; export or copy it again.", path.name) from error
        finally:
            view.release()
    for name in found:
        parts = PurePosixPath(name).parts + PureWindowsPath(name).parts
        if not name or ".." in parts or PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
            raise ModelError(
                "{0} wants its weights from '{1}', outside its own folder, and is refused.", path.name, name
            )
    return found


def _locations(view: memoryview, message: str, depth: int) -> Iterator[str]:
    if depth > _DEEPEST:
        raise ValueError("nested too deep")
    for number, part in fields(view):
        with part:
            if message == _TENSOR:
                if number == _EXTERNAL_DATA:
                    entry = {n: bytes(p) for n, p in fields(part)}
                    if entry.get(1) == b"location":
                        yield entry.get(2, b"").decode("utf-8")
            elif number in _INSIDE[message]:
                yield from _locations(part, _INSIDE[message][number], depth + 1)
