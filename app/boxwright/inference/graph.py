"""Operations of an ONNX file, and the same file with more outputs, without the library `onnx`.

Field numbers are those of `onnx.proto`: ModelProto.graph 7; GraphProto.node 1, .output 12; NodeProto.input 1,
.output 2, .op_type 4; ValueInfoProto.name 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from boxwright.inference.wire import fields, length_delimited


@dataclass(frozen=True, slots=True)
class GraphNode:
    """Operation of an ONNX graph: its kind, and the names of the tensors it reads and makes; an optional one that is
    left out is an empty name."""

    op_type: str
    input: tuple[str, ...]
    output: tuple[str, ...]


def read_nodes(model: bytes) -> list[GraphNode]:
    """The operations of the main graph in their order. Raises ValueError or IndexError for what is no ONNX file."""
    return [
        _node(part)
        for number, graph in fields(memoryview(model))
        if number == 7
        for kind, part in fields(graph)
        if kind == 1
    ]


def with_outputs(model: bytes, names: Iterable[str]) -> bytes:
    """The file, its main graph giving the tensors `names` as well, which must not be outputs already.

    Two messages written one after the other are read as one, their repeated fields joined: so the new outputs are
    written behind the file, and nothing of it is read.
    """
    outputs = b"".join(length_delimited(12, length_delimited(1, name.encode())) for name in names)
    return model + length_delimited(7, outputs)


def _node(view: memoryview) -> GraphNode:
    reads: list[str] = []
    makes: list[str] = []
    kind = ""
    for number, part in fields(view):
        if number == 1:
            reads.append(str(part, "utf-8"))
        elif number == 2:
            makes.append(str(part, "utf-8"))
        elif number == 4:
            kind = str(part, "utf-8")
    return GraphNode(kind, tuple(reads), tuple(makes))
