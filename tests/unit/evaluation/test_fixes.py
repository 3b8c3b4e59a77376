from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.config.settings import Settings
from boxwright.evaluation.fixes import SHOWN, Fixes, fixes, fixes_of_images, fixes_per_image

THING = (10.0, 10.0, 50.0, 50.0)
# Moved by an eighth of its side: IoU 7/9. By a fifth: IoU 2/3. By a half: IoU 1/3.
NEAR, OFF, AWAY = ((10 + d, 10.0, 50 + d, 50.0) for d in (5.0, 8.0, 20.0))


def counted(true: list[tuple[tuple[float, ...], int]], shown: list[tuple[tuple[float, ...], int]]) -> Fixes:
    def arrays(boxes: list[tuple[tuple[float, ...], int]]) -> tuple[np.ndarray, np.ndarray]:
        return np.array([b for b, _ in boxes]).reshape(-1, 4), np.array([c for _, c in boxes], np.int64)

    return fixes(*arrays(true), *arrays(shown))


@pytest.mark.parametrize(
    ("true", "shown", "wanted"),
    [
        ([], [], Fixes(0, 0, 0, 0)),
        ([(THING, 1)], [(NEAR, 1)], Fixes(0, 0, 0, 0)),
        ([(THING, 1)], [(OFF, 1)], Fixes(0, 0, 0, 1)),
        ([(THING, 1)], [(AWAY, 1)], Fixes(1, 1, 0, 0)),
        ([(THING, 1)], [], Fixes(1, 0, 0, 0)),
        ([], [(THING, 1)], Fixes(0, 1, 0, 0)),
        ([(THING, 1)], [(NEAR, 2)], Fixes(0, 0, 1, 0)),
        ([(THING, 1)], [(OFF, 2)], Fixes(0, 0, 1, 0)),
        # Half of it and the whole, of a class and of another: IoU 1/2 and 3/4 at the bounds.
        ([(THING, 1)], [((10.0, 10.0, 50.0, 30.0), 2)], Fixes(0, 0, 1, 0)),
        ([(THING, 1)], [((10.0, 10.0, 50.0, 40.0), 1)], Fixes(0, 0, 0, 0)),
        ([(THING, 1)], [(NEAR, 1), (OFF, 1)], Fixes(0, 1, 0, 0)),
        # The box of the right class is taken, though one of another lies better.
        ([(THING, 1)], [(THING, 2), (OFF, 1)], Fixes(0, 1, 0, 1)),
        ([(THING, 1), (NEAR, 1)], [(THING, 1)], Fixes(1, 0, 0, 0)),
        ([(THING, 1), (THING, 2)], [(THING, 2), (THING, 1)], Fixes(0, 0, 0, 0)),
    ],
)
def test_each_box_is_fixed_once(
    true: list[tuple[tuple[float, ...], int]], shown: list[tuple[tuple[float, ...], int]], wanted: Fixes
) -> None:
    assert counted(true, shown) == wanted


sides = st.integers(0, 12)
boxes = st.lists(
    st.tuples(st.tuples(sides, sides, st.integers(1, 8), st.integers(1, 8)), st.integers(1, 3)).map(
        lambda b: ((b[0][0], b[0][1], b[0][0] + b[0][2], b[0][1] + b[0][3]), b[1])
    ),
    max_size=6,
)


@given(boxes, boxes)
def test_no_more_work_than_to_reject_all_and_draw_all(true: list, shown: list) -> None:
    found = counted(true, shown)
    assert 0 <= found.total <= len(true) + len(shown)
    assert min(found.missing, found.extra, found.wrong_class, found.misplaced) >= 0
    assert len(true) - found.missing == len(shown) - found.extra, "as many of one are matched as of the other"
    mirrored = counted(shown, true)
    assert (mirrored.missing, mirrored.extra) == (found.extra, found.missing)


@given(boxes)
def test_the_truth_itself_needs_nothing(true: list) -> None:
    assert counted(true, true).total == 0


def test_per_image_over_a_truth_and_what_is_on_screen() -> None:
    truth = {
        "images": [{"id": 1}, {"id": 2}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [10, 10, 40, 40]}],
    }
    results = [
        {"image_id": 1, "category_id": 1, "bbox": [10, 10, 40, 40], "score": SHOWN},
        {"image_id": 1, "category_id": 1, "bbox": [60, 60, 9, 9], "score": SHOWN - 0.01},
        {"image_id": 2, "category_id": 1, "bbox": [10, 10, 40, 40], "score": 0.9},
    ]
    assert fixes_per_image(truth, results) == 0.5
    assert fixes_per_image(truth, []) == 0.5
    assert fixes_per_image({"images": [], "annotations": []}, []) == 0.0


def test_boxes_of_each_image_are_compared_with_its_own() -> None:
    def box(image: int, x: float) -> dict[str, Any]:
        return {"image_id": image, "category_id": 1, "bbox": [x, 10, 40, 30], "score": 0.9}

    truth = {"images": [{"id": 7}, {"id": 3}, {"id": 5}], "annotations": [box(3, 0), box(7, 100), box(7, 200)]}
    assert fixes_of_images(truth, [box(7, 100), box(3, 0)]) == [1, 0, 0]
    assert fixes_of_images(truth, [box(5, 0), box(3, 300)]) == [2, 2, 1]


def test_what_counts_as_on_screen_is_the_settings_default() -> None:
    assert Settings().threshold == SHOWN
