"""The example in the docstring of each plug-in protocol is a plug-in: it is accepted, and does what it says."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path
from textwrap import dedent
from types import ModuleType
from typing import Any

import numpy as np
import pytest
from tests.training_sets import shapes_set

from boxwright.config.plugins import Plugins
from boxwright.domain.batch import Slot
from boxwright.domain.box import Box
from boxwright.domain.card import DetectorCard
from boxwright.domain.progress import never
from boxwright.formats.base import Format
from boxwright.formats.dataset import DatasetBox, Problem
from boxwright.inference.decoders.base import Decoder
from boxwright.inference.metadata import Metadata
from boxwright.inference.spec import ModelSpec, OutputSpec, TensorSpec
from boxwright.sampling.protocol import Sampler
from boxwright.sampling.view import PoolView, SamplerParams
from boxwright.training.protocol import BaseModel, Trainer, TrainSettings


def plugged(protocol: type, name: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """The example in the docstring of `protocol`, as the registry makes it of a package's class."""
    found = re.search(r"```python\n(.*?)```", inspect.getdoc(protocol) or "", re.DOTALL)
    assert found is not None, f"{protocol.__name__} has no example"
    package = ModuleType("example_package")
    exec(dedent(found[1]), vars(package))
    monkeypatch.setitem(sys.modules, package.__name__, package)
    (defined,) = (
        thing for thing in vars(package).values() if inspect.isclass(thing) and thing.__module__ == package.__name__
    )
    registry: Plugins[Any] = Plugins("plug-in", "nothing", protocol, {name: f"{package.__name__}:{defined.__name__}"})
    assert registry.broken == ()
    return registry.all()[name]


def test_the_format_reads_its_lines(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    lines: Format = plugged(Format, "lines", monkeypatch)
    file = tmp_path / "all.lines"
    file.write_text("owl 1 2 30 40 a.jpg\ncat 5 5 9 9.5 b.jpg\nowl 0 0 4 4 a.jpg\n", encoding="utf-8")
    problems: list[Problem] = []
    found = lines.read(file, problems)
    assert lines.recognise(file) is not None
    assert lines.recognise(tmp_path) is None
    assert problems == []
    assert [c.name for c in found.classes] == ["cat", "owl"]
    assert {image.path: list(image.boxes) for image in found.images} == {
        "a.jpg": [DatasetBox(Box(1, 2, 30, 40), 1), DatasetBox(Box(0, 0, 4, 4), 1)],
        "b.jpg": [DatasetBox(Box(5, 5, 9, 9.5), 0)],
    }


def test_the_decoder_recognises_its_layout_and_keeps_what_scores(monkeypatch: pytest.MonkeyPatch) -> None:
    dets: Decoder = plugged(Decoder, "dets", monkeypatch)
    rows = np.array([[(1, 2, 30, 40, 0.9), (5, 5, 9, 9, 0.5), (0, 0, 4, 4, 0.1)]], np.float32)
    image = TensorSpec("images", (1, 3, 64, 64), "float32")
    spec = ModelSpec(image, (), (OutputSpec("dets", (None, None, 5), rows),), Metadata({}), 64, 64)
    guess = dets.guess(spec)
    assert guess is not None
    card = DetectorCard(guess.layout, guess.kind, ("owl",), guess.input, guess.options)
    (kept,) = dets.decode({"dets": rows}, 1, card, 0.5)
    np.testing.assert_array_equal(kept.boxes, rows[0, :2, :4])
    np.testing.assert_array_equal(kept.probs, rows[0, :2, 4:])
    assert kept.best_raw == pytest.approx(0.9)
    assert dets.guess(ModelSpec(image, (), (OutputSpec("other", (1,), rows),), Metadata({}), 64, 64)) is None


def test_the_sampler_takes_crowded_images_first(monkeypatch: pytest.MonkeyPatch) -> None:
    crowded: Sampler = plugged(Sampler, "crowded", monkeypatch)
    pool = PoolView(np.arange(4), np.array([0.1, np.nan, 0.2, 0.3]), np.array([2, 9, 7, 5]))
    chosen = crowded.select(pool, SamplerParams(2), np.random.default_rng(0))
    assert chosen.indices.tolist() == [2, 3]
    assert chosen.slots == (Slot.UNCERTAIN, Slot.UNCERTAIN)


def test_the_trainer_hands_over_what_it_was_given(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    unchanged: Trainer = plugged(Trainer, "unchanged", monkeypatch)
    base = tmp_path / "base.onnx"
    base.write_bytes(b"a detector")
    (tmp_path / "out").mkdir()
    card: Any = object()
    settings, told = TrainSettings(tmp_path / "out"), list[object]()
    model = BaseModel(base, card, lambda picture, _: picture)
    candidate = unchanged.train(shapes_set(2), model, settings, told.append, never)
    assert candidate.onnx.parent == settings.out
    assert candidate.onnx.read_bytes() == b"a detector"
    assert candidate.card is card
    assert unchanged.estimate(shapes_set(2), model, settings) == 0.0
