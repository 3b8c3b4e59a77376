"""What a detector sees on whole pictures, judged by the base graph that `transfer` trains on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from tests.colours import write_detector

from boxwright.config import paths
from boxwright.inference.detector import Detector
from boxwright.inference.features import WIDTH
from boxwright.inference.graph import read_nodes, with_outputs
from boxwright.training.nets.base_graph import FEATURES, read_base
from boxwright.training.nets.onnx_run import open_graph, run


@pytest.fixture(scope="module")
def starter() -> Detector:
    return Detector.open(paths.models() / "starter.onnx", device="cpu", threads=1, features=True)


def picture(seed: int, width: int = 200, height: int = 160) -> np.ndarray:
    coarse = np.random.default_rng(seed).integers(0, 255, (5, 5, 3), dtype=np.uint8)
    return np.repeat(np.repeat(coarse, -(-height // 5), axis=0), -(-width // 5), axis=1)[:height, :width]


def features(detector: Detector, *pictures: np.ndarray) -> np.ndarray:
    rows = [chunk.features for chunk in detector.run([detector.prepare(one) for one in pictures])]
    assert all(row is not None for row in rows)
    return np.concatenate(rows).astype(np.float64)  # type: ignore[arg-type]


def test_they_are_as_far_apart_as_the_means_of_the_maps_that_transfer_trains_on(starter: Detector) -> None:
    """Of pictures that fill the input, so that the whole maps count."""
    spec = starter.card.input
    base = read_base(paths.models() / "starter.onnx", spec)
    session = open_graph(base.model)
    pictures = [picture(seed, spec.width, spec.height) for seed in range(10)]
    expected = []
    for one in pictures:
        maps = run(session, {base.image: starter.prepare(one).tensor[None]})
        means = [maps[name][0].mean(axis=(1, 2)) for name in FEATURES]
        expected.append(np.concatenate([mean / np.linalg.norm(mean) for mean in means]))
    found = features(starter, *pictures)
    assert found.shape[1] <= WIDTH
    apart = [
        np.linalg.norm(rows[:, None] - rows, axis=2)[np.triu_indices(10, 1)] for rows in (found, np.array(expected))
    ]
    assert np.corrcoef(apart)[0, 1] > 0.9
    assert apart[0] == pytest.approx(apart[1], rel=0.3)


def test_boxes_are_the_same_with_and_without(starter: Detector) -> None:
    plain = Detector.open(paths.models() / "starter.onnx", device="cpu", threads=1)
    assert starter.offers_features and not plain.offers_features
    shown = picture(2)
    for with_them, without in zip(starter.detect([shown], conf=0.01), plain.detect([shown], conf=0.01), strict=True):
        assert with_them.boxes == pytest.approx(without.boxes, abs=1e-3)
        assert with_them.probs == pytest.approx(without.probs, abs=1e-5)
    assert plain.run([plain.prepare(shown)])[0].features is None


def test_the_same_picture_a_little_brighter_is_near_and_another_picture_is_far(starter: Detector) -> None:
    once, brighter, other = features(
        starter, picture(3), np.clip(picture(3) * 1.05, 0, 255).astype(np.uint8), picture(4)
    )
    assert np.linalg.norm(once - brighter) < 0.5 * np.linalg.norm(once - other)


def test_a_detector_without_maps_works_and_offers_none(tmp_path: Path) -> None:
    detector = Detector.open(write_detector(tmp_path / "colours.onnx"), device="cpu", features=True)
    assert not detector.offers_features
    assert len(detector.detect([np.full((32, 32, 3), (0, 0, 200), np.uint8)])[0]) == 1


def test_operations_and_new_outputs_are_as_the_library_reads_them() -> None:
    data = (paths.models() / "starter.onnx").read_bytes()
    graph = onnx.load_from_string(data).graph
    assert [(n.op_type, n.input, n.output) for n in read_nodes(data)] == [
        (n.op_type, tuple(n.input), tuple(n.output)) for n in graph.node
    ]
    name = graph.node[3].output[0]
    again = onnx.load_from_string(with_outputs(data, [name])).graph
    assert [o.name for o in again.output] == [*(o.name for o in graph.output), name]
    assert len(again.node) == len(graph.node)
    assert with_outputs(data, []) != b""


def test_a_file_is_searched_for_its_maps_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(paths.HOME_VARIABLE, str(tmp_path))
    starter = paths.models() / "starter.onnx"

    def offers() -> bool:
        return Detector.open(starter, device="cpu", threads=1, features=True).offers_features

    assert offers()
    (kept,) = (tmp_path / "cache" / "taps").iterdir()
    before = kept.read_bytes()
    kept.write_text("null")
    assert not offers(), "what is remembered is believed"
    kept.write_text("broken")
    assert offers()
    assert kept.read_bytes() == before
    other = tmp_path / "other.onnx"
    model = onnx.load(starter)
    model.producer_version = "another"
    onnx.save(model, other)
    other.with_suffix(".card.json").write_bytes(starter.with_suffix(".card.json").read_bytes())
    assert Detector.open(other, device="cpu", threads=1, features=True).offers_features
    assert len(list((tmp_path / "cache" / "taps").iterdir())) == 2, "another file is searched itself"
