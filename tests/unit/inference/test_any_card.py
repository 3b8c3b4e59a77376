"""Any card at all beside a detector: read, or refused in one sentence that names the card and the point."""

from __future__ import annotations

import copy
import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.onnx_cases import CASES
from tests.onnx_graphs import HEIGHT, NAMES, WIDTH

from boxwright.domain.card import DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.inference.cards import card_path
from boxwright.inference.detector import Detector
from boxwright.inference.inspect import inspect_model

PICTURE = np.full((HEIGHT, WIDTH, 3), 90, np.uint8)
# One case of each layout, and the ways that are kept apart by options.
KEPT = ("fastestdet", "nanodet", "scrfd-nine-outputs", "yunet", "yolox-raw", "yolox-heads", "yolov5-heads-own-axis")
FIRST = {case.layout: case.name for case in reversed(CASES)}
MUTATED = [case for case in CASES if case.name in {*FIRST.values(), *KEPT}]

STRANGE: list[Any] = [
    None, True, False, 0, 1, -1, 2, 7, 0.5, -0.0, 1e-300, 1e300, 10**30, -(10**400), float("nan"), float("inf"),
    float("-inf"), "", " ", "x", "xyxy", "yolov8", "softmax", "\ud800", "a\nb", "x" * 5000, [], [[]], [None], [0],
    [8, 16, 32], [1, 2, 3], ["output"], {}, {"a": 1}, {"options": {}}, [[[1, 2]] * 3] * 3, [[["a", 2]] * 3] * 3,
]  # fmt: skip


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a card, the card itself left out."""
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [path] if path else []
    for key, part in inside:
        found += places(part, (*path, key))
    return found


def mutated(card: Any, path: tuple[Any, ...], what: str, value: Any) -> Any:
    card = copy.deepcopy(card)
    holder = card
    for key in path[:-1]:
        holder = holder[key]
    if what == "set":
        holder[path[-1]] = value
    elif what == "remove":
        del holder[path[-1]]
    elif isinstance(holder, dict):
        holder[str(value)[:40]] = holder.pop(path[-1]) if what == "rename" else value
    else:
        holder.append(value)
    return card


@st.composite
def mutations(draw: st.DrawFn) -> list[tuple[int, str, int]]:
    one = st.tuples(
        st.integers(0, 10_000),
        st.sampled_from(["set", "set", "set", "remove", "add", "rename"]),
        st.sampled_from(range(len(STRANGE))),
    )
    return draw(st.lists(one, min_size=1, max_size=2))


@pytest.fixture(scope="module", params=MUTATED, ids=lambda case: case.name)
def detector_file(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    path = request.param.write(tmp_path_factory.mktemp("cards"))
    card = inspect_model(path, {"classes": list(NAMES)}).usable_card()
    return path, json.loads(json.dumps(card.to_json()))


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(changes=mutations())
def test_a_changed_card_is_read_or_refused_in_one_sentence(
    detector_file: tuple[Path, dict[str, Any]], changes: list[tuple[int, str, int]]
) -> None:
    path, card = detector_file
    for number, what, value in changes:
        known = places(card)
        if known:
            card = mutated(card, known[number % len(known)], what, STRANGE[value])
    card_path(path).write_text(json.dumps(card))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for use in (_through_the_file, _as_it_is_stored):
            try:
                use(path, card)
            except ModelError as error:
                sentence = str(error)
                assert sentence.isprintable(), sentence
                assert len(sentence) < 1500
                assert "model" in sentence
                assert not any(word in sentence for word in ("Traceback", "NoneType", "object has no")), sentence


def _through_the_file(path: Path, _card: Any) -> None:
    usable = inspect_model(path).usable_card()
    Detector.open(path, usable, "cpu", threads=1).detect([PICTURE], conf=0.1)


def _as_it_is_stored(path: Path, card: Any) -> None:
    """What a project keeps went through a check once, but its file may have been changed since."""
    try:
        stored = DetectorCard.from_json(card)
    except (KeyError, TypeError, ValueError, OverflowError, AttributeError):
        return
    Detector.open(path, stored, "cpu", threads=1).detect([PICTURE], conf=0.1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("[" * 100_000, "holds lists in lists without end"),
        ('{"input": {"scale": 1' + "0" * 5000 + "}}", "not readable JSON"),
        ('{"input": {"scale": NaN}}', "'input.scale' must be a number, not 'nan'"),
        ('{"input": {"pad_value": 300}}', "'input.pad_value' must be a whole number from 0 to 255"),
        ('{"layout": 5}', "'layout' must be the name of a layout, not '5'"),
        ('{"layout": "yolov99"}', "there is no output layout 'yolov99'; choose one of yolov5"),
        ('{"classes": ["a", 1, "c"]}', "'classes' must be names, but number 1 is '1'"),
        ('{"classes": ["a", "\\ud800", "c"]}', "'classes' must be names, but number 1 is '?'"),
        ('{"notes": {"a": [1]}}', "'notes.a' must be text"),
        ('{"options": {"output": "nope"}}', "'options.output' names the output 'nope', but the file has output0"),
        ('{"options": {"strides": [8]}}', "'options.strides' is no option of the layout 'yolov8'; it has boxes"),
        ('{"options": {"boxes": "abcd"}}', "'options.boxes' must be one of xyxy, yxyx"),
        ('{"options": {"normalised": 1}}', "'options.normalised' must be true or false, not '1'"),
        ('{"options": {"classes": 2}}', "'options.classes' is 2, but 'classes' has 3 names"),
        ('{"kind": "softmax"}', "'kind' is softmax, but the layout 'yolov8' gives sigmoid"),
    ],
)
def test_the_point_that_is_wrong_is_named(tmp_path: Path, content: str, why: str) -> None:
    path = next(c for c in CASES if c.name == "yolov8").write(tmp_path)
    card_path(path).write_text(content)
    with pytest.raises(ModelError) as error:
        inspect_model(path, {"classes": list(NAMES)} if "classes" not in json_keys(content) else None).usable_card()
    assert why in str(error.value)
    assert "model.card.json" in str(error.value)


def json_keys(content: str) -> set[str]:
    try:
        return set(json.loads(content))
    except (ValueError, RecursionError):
        return set()


def test_shapes_that_a_card_contradicts_are_told(tmp_path: Path) -> None:
    path = next(c for c in CASES if c.name == "yolox-raw").write(tmp_path)
    card = inspect_model(path, {"classes": list(NAMES)}).usable_card()
    wrong = DetectorCard(card.layout, card.kind, card.classes, card.input, {**card.options, "strides": [8, 16]})
    with pytest.raises(
        ModelError, match=r"hold 252 rows, but the strides 8, 16 of the card.s .options.strides. make 240"
    ):
        Detector.open(path, wrong, "cpu").detect([PICTURE])
    fewer = DetectorCard(card.layout, card.kind, ("cat",), card.input, card.options)
    with pytest.raises(ModelError, match=r"gives 3 class numbers for each box, but 'classes' of its card has 1 names"):
        Detector.open(path, fewer, "cpu").detect([PICTURE])
