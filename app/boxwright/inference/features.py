"""Image embedding: the mean of the feature maps that a detector's own head reads, one short vector an image."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import InputSpec
from boxwright.domain.feature_maps import JOINTS, STRIDES, find_taps
from boxwright.inference.external import external_files
from boxwright.inference.feature_map_cache import Taps, remembered
from boxwright.inference.graph import read_nodes, with_outputs
from boxwright.inference.preprocess import Placement
from boxwright.inference.probe import size_feeds, split_inputs, test_picture
from boxwright.inference.session import OpenSession, open_model

# The longest vector that is stored; longer ones are projected.
WIDTH = 256


@dataclass(frozen=True)
class Tapped:
    """Detector file that gives its feature maps besides.

    A detector that gives its maps besides: `taps` names those of each stride, `extra` are outputs that the file
    itself does not have.
    """

    opened: OpenSession
    taps: Taps
    extra: frozenset[str]


_log = logging.getLogger(__name__)


def open_with_taps(path: Path, opened: OpenSession, spec: InputSpec, device: str, threads: int | None) -> Tapped | None:
    """The detector of the file `path`, `opened`, giving its maps at strides 8, 16 and 32 besides. None for
    one that has none, which is no error: nothing but features is missing then."""
    try:
        if external_files(path):
            return None
        model = path.read_bytes()
        taps = remembered(model, spec, lambda: _taps(model, opened, spec, path.name))
        if taps is None:
            return None
        known = {t.name for t in opened.outputs}
        extra = dict.fromkeys(name for level in taps for name in level if name not in known)
        return Tapped(open_model(with_outputs(model, extra), path, device, threads), taps, frozenset(extra))
    except Exception as error:  # a graph of any exporter: what cannot be tapped is used without
        _log.info("%s offers no features: %s", path.name, error)
        return None


def pooled(maps: Mapping[str, Array], taps: Taps, row: int, placement: Placement) -> NDArray[np.float16]:
    """(D,) float16, D <= `WIDTH`: of the picture `row` of a run. maps: [N,C,h,w] by name.

    For each stride the means of all its channels over the part of the maps where the picture lies, brought to length
    1 so that each stride counts alike. Where these are more than `WIDTH` numbers, they are projected onto as many
    random signs (Achlioptas, "Database-friendly random projections", 2003), which keeps distances.
    """
    parts = []
    for level, stride in zip(taps, STRIDES):
        means = np.concatenate([_mean(maps[name][row], stride, placement) for name in level])
        parts.append(means / max(1e-9, float(np.linalg.norm(means))))
    whole = np.concatenate(parts)
    if len(whole) > WIDTH:
        whole = whole @ _signs(len(whole)) / np.sqrt(WIDTH)
    return np.nan_to_num(whole).astype(np.float16)


def _mean(map_: Array, stride: int, placement: Placement) -> NDArray[np.float64]:
    height, width = map_.shape[1:]
    top, left = min(placement.top // stride, height - 1), min(placement.left // stride, width - 1)
    bottom = max(top + 1, ceil((placement.top + placement.height * placement.scale_y) / stride))
    right = max(left + 1, ceil((placement.left + placement.width * placement.scale_x) / stride))
    inside = map_[:, top:bottom, left:right].astype(np.float32, copy=False)
    return np.asarray(np.nan_to_num(inside.mean(axis=(1, 2))), dtype=np.float64)


def _signs(width: int) -> NDArray[np.float64]:
    """(width, WIDTH) of -1 and 1, the same on any machine."""
    bits = np.asarray(np.random.PCG64(0).random_raw(width * WIDTH // 64), dtype="<u8")
    return np.asarray(np.unpackbits(bits.view(np.uint8)).reshape(width, WIDTH) * 2.0 - 1.0, dtype=np.float64)


def _taps(model: bytes, opened: OpenSession, spec: InputSpec, file: str) -> Taps | None:
    nodes = read_nodes(model)
    made = {name: None for node in nodes for name in node.output if name}
    # A detector of this program's own training says where it was joined.
    if all(name in made for name in JOINTS):
        return tuple((name,) for name in JOINTS)
    picture, sizes = split_inputs(opened.inputs, file)
    known = {t.name for t in opened.outputs}
    every = with_outputs(model, [name for name in made if name not in known])
    session = open_model(every, Path(file), "cpu", 1, optimise=False).session
    tensor = test_picture(spec.width, spec.height, picture.dtype, picture.nhwc)
    if picture.batched:
        tensor = tensor[None].repeat(picture.shape[0] or 1, axis=0)
    feeds = {picture.name: tensor, **size_feeds(sizes, 1, spec.width, spec.height)}
    names: Sequence[str] = [output.name for output in session.get_outputs()]
    shapes = {name: np.shape(value) for name, value in zip(names, session.run(names, feeds))}
    return find_taps(nodes, shapes, spec.width, spec.height)
