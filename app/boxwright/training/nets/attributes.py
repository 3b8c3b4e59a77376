"""Attributes of an ONNX node, read by their type in the specification."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import onnx


class Attributes:
    """Attributes of one node.

    By name. A reader gives its default where the node has no such attribute, and without one raises `KeyError`.
    """

    def __init__(self, attributes: Iterable[onnx.AttributeProto] = (), outputs: int = 1) -> None:
        """`outputs`: how many the node has, which a `Split` does not repeat among its attributes."""
        self._by_name = {attribute.name: attribute for attribute in attributes}
        self.outputs = outputs

    def __contains__(self, name: str) -> bool:
        return name in self._by_name

    def integer(self, name: str, default: int | None = None) -> int:
        return default if default is not None and name not in self else self._by_name[name].i

    def number(self, name: str, default: float | None = None) -> float:
        return default if default is not None and name not in self else self._by_name[name].f

    def text(self, name: str, default: str) -> str:
        return self._by_name[name].s.decode() if name in self else default

    def integers(self, name: str, default: Sequence[int] | None = None) -> list[int]:
        return list(default if default is not None and name not in self else self._by_name[name].ints)
