"""Recognition of one output with boxes and class scores side by side: `[batch, rows, columns]` or its transpose."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.inference.decoders.base import LayoutGuess
from boxwright.inference.decoders.grid import match_grid
from boxwright.inference.decoders.options import COUNT, FLAG, ONE_BY_ONE, OUTPUT, Options
from boxwright.inference.spec import ModelSpec, OutputSpec

# A width or height of a decoded box in pixels; raw offsets and logarithms of a size stay far below.
_PIXELS = 12.0
# What rounding to 8 bits or to half precision adds to a probability.
_SLACK = 0.01


@dataclass(frozen=True, eq=False)
class Fused:
    """Recognised shape of an output with boxes and class scores side by side.

    `rows` predictions of `columns` numbers. `values`: (rows, columns) float32 sample. `strides` and `anchors` of
    the grid that makes this many rows, or empty and 0. `alone`: the output has no batch axis.
    """

    name: str
    rows: int
    columns: int
    transposed: bool
    strides: tuple[int, ...]
    anchors: int
    values: NDArray[np.float32]
    alone: bool = False

    @property
    def options(self) -> dict[str, Any]:
        """The card options that `rows_of` needs to find the rows again."""
        options: dict[str, Any] = {"output": self.name, "transposed": self.transposed}
        return {**options, "one_by_one": True} if self.alone else options

    def quiet_logits(self, column: int) -> bool:
        """True when the numbers from `column` on are scores before their sigmoid: of mostly nothing, so far below 0."""
        rest = self.values[:, column:]
        rest = rest[np.isfinite(rest)]
        return not self.probabilities and rest.size > 0 and float(np.quantile(rest, 0.75)) < -1.0

    @property
    def probabilities(self) -> bool:
        """True when everything after the box lies in 0..1, as far as it is finite."""
        rest = self.values[:, 4:]
        rest = rest[np.isfinite(rest)]
        return bool((rest >= -_SLACK).all() and (rest <= 1.0 + _SLACK).all())

    def softmax_after(self, column: int) -> bool:
        """True when the numbers from `column` on sum to 1 in every row, as those of a softmax with a background."""
        sums = self.values[:, column:].sum(axis=1)
        return self.columns - column > 1 and bool(np.all(np.abs(sums - 1.0) < 0.02))

    @property
    def in_pixels(self) -> bool:
        """True when the boxes are pixels: neither grid offsets nor shares of the picture."""
        box = self.values[:, :4]
        return bool(np.abs(box[np.isfinite(box)]).max(initial=0.0) > _PIXELS)

    @property
    def objectness_evidence(self) -> float:
        """-0.5..1: whether the fifth column is an objectness. Class scores under an objectness were only trained where
        an object is, so on a plain picture they wander high while the objectness stays low."""
        if self.columns < 7 or self.rows < 100 or not np.isfinite(self.values).all():
            return 0.0
        objectness = float(np.median(self.values[:, 4]))
        classes = float(np.median(self.values[:, 5:].max(axis=1)))
        if classes > 0.1 and objectness < 0.05:
            return 1.0
        # Exactly 0 is no sigmoid's answer, so it says nothing.
        return -0.5 if 0.0 < classes < 0.05 else 0.0

    @property
    def kept_rows(self) -> bool:
        """True for the rows of an end-to-end export, whose sixth number is a whole label: no class scores at all."""
        label = self.values[:, -1]
        return self.columns == 6 and not self.anchors and not self.silent and bool(np.all(label == np.round(label)))

    @property
    def silent(self) -> bool:
        """True when the sample says nothing, as for a graph of zeros."""
        return not np.any(self.values)


def fused_outputs(spec: ModelSpec) -> list[Fused]:
    """Every way to read a three-axis output (or a two-axis one without batch) as rows and columns, likeliest first."""
    found = [_oriented(spec, output) for output in spec.outputs if output.floating]
    return sorted((f for f in found if f is not None), key=lambda f: f.rows * f.columns, reverse=True)


def mask_columns(spec: ModelSpec, fused: Fused) -> int:
    """Columns of mask coefficients after the classes: as many as the map of mask prototypes has channels."""
    if fused.probabilities:
        return 0
    found = [o.shape[1] for o in spec.outputs if len(o.shape) == 4 and o.floating and o.shape[1] < fused.columns - 5]
    return found[0] if len(found) == 1 else 0


def maps_besides(spec: ModelSpec) -> tuple[str, ...]:
    """Outputs that are maps: what exporters leave beside the decoded rows, heads, features or mask prototypes."""
    return tuple(o.name for o in spec.outputs if o.floating and len(o.shape) in (4, 5))


FUSED_OPTIONS: Options = {"output": OUTPUT, "transposed": FLAG, "classes": COUNT, "logits": FLAG, **ONE_BY_ONE}


def best_fused(spec: ModelSpec, guess: Callable[[ModelSpec, Fused], LayoutGuess | None]) -> LayoutGuess | None:
    """The surest of the guesses about each fused output; of equals the one about the largest output."""
    guesses = [g for g in (guess(spec, fused) for fused in fused_outputs(spec)) if g is not None]
    return max(guesses, key=lambda g: g.confidence, default=None)


def _oriented(spec: ModelSpec, output: OutputSpec) -> Fused | None:
    alone = len(output.shape) == 2
    if min(output.shape, default=0) == 0 or not (alone or (len(output.shape) == 3 and output.shape[0] == 1)):
        return None
    a, b = output.shape[-2:]
    # Without a batch axis only a whole grid tells rows from boxes that were kept.
    if alone and all(match_grid(n, spec.width, spec.height) is None for n in (a, b)):
        return None
    transposed = _transposed(spec, a, b)
    rows, columns = (b, a) if transposed else (a, b)
    if columns < 5:
        return None
    grid = match_grid(rows, spec.width, spec.height)
    sample = output.sample if alone else output.sample[0]
    values = np.asarray(sample.T if transposed else sample, dtype=np.float32)
    strides, anchors = grid or ((), 0)
    return Fused(output.name, rows, columns, transposed, strides, anchors, values, alone)


def _transposed(spec: ModelSpec, a: int, b: int) -> bool:
    """True when the second axis counts the columns: `[1, columns, rows]`."""
    fits_a = match_grid(a, spec.width, spec.height) is not None
    fits_b = match_grid(b, spec.width, spec.height) is not None
    if fits_a != fits_b:
        return fits_b
    if spec.class_count is not None:
        expected = {spec.class_count + 4, spec.class_count + 5}
        if (a in expected) != (b in expected):
            return a in expected
    return a < b


def rows_of(array: Array, transposed: bool) -> NDArray[np.float32]:
    """A batch of fused outputs, or one without a batch axis, as (batch, rows, columns) float32, a view where the
    element type allows."""
    values = np.asarray(array, dtype=np.float32)
    values = values[None] if values.ndim == 2 else values
    return values.transpose(0, 2, 1) if transposed else values
