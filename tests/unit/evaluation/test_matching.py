"""Results and truth that number images and classes differently."""

from __future__ import annotations

from typing import Any

import pytest

from boxwright.domain.errors import FormatError
from boxwright.evaluation.matching import checked_truth, match_results

TRUTH: dict[str, Any] = {
    "images": [
        {"id": 1, "file_name": "a/x.jpg"},
        {"id": 2, "file_name": "b/x.jpg"},
        {"id": 3, "file_name": "0007.jpg"},
    ],
    "categories": [{"id": 10, "name": "traffic light"}, {"id": 20, "name": "dog"}],
    "annotations": [{"image_id": 1, "category_id": 10, "bbox": [0, 0, 5, 5]}],
}


def result(**more: Any) -> dict[str, Any]:
    return {"image_id": 1, "category_id": 10, "bbox": [0, 0, 5, 5], "score": 0.5, **more}


def matched(*results: dict[str, Any]) -> list[tuple[int, int]]:
    found = match_results(checked_truth(TRUTH, "t"), list(results), "r")
    return [(r["image_id"], r["category_id"]) for r in found.results]


def test_what_measuring_needs_is_filled_in_and_nothing_else_is_lost() -> None:
    boxes = [
        {"image_id": "1", "category_id": 10.0, "bbox": [1, 2, 3, 4]},
        {"id": 77, "image_id": 2, "category_id": 20, "bbox": [0, 0, 5, 5], "area": 9, "iscrowd": True},
    ]
    truth = {**TRUTH, "annotations": boxes, "images": [{"id": "1", "width": 9}, {"id": 2}]}
    assert checked_truth(truth, "t") == {
        "images": [{"id": 1, "width": 9}, {"id": 2}],
        "categories": TRUTH["categories"],
        "annotations": [
            {"id": 1, "image_id": 1, "category_id": 10, "bbox": [1.0, 2.0, 3.0, 4.0], "area": 12.0, "iscrowd": 0},
            {"id": 2, "image_id": 2, "category_id": 20, "bbox": [0.0, 0.0, 5.0, 5.0], "area": 9.0, "iscrowd": 1},
        ],
    }
    assert checked_truth({**TRUTH, "annotations": None}, "t")["annotations"] == []
    named = checked_truth({**TRUTH, "categories": [{"id": "4", "name": 5}]}, "t")["categories"]
    assert named == [{"id": 4, "name": "5"}]


def test_a_result_without_a_score_is_sure() -> None:
    found = match_results(checked_truth(TRUTH, "t"), [{k: v for k, v in result().items() if k != "score"}], "r")
    assert found.results == [{"image_id": 1, "category_id": 10, "bbox": [0.0, 0.0, 5.0, 5.0], "score": 1.0}]


def test_numbers_alone_are_taken_as_they_are() -> None:
    assert matched(result(), result(image_id=3, category_id=20)) == [(1, 10), (3, 20)]


def test_a_file_name_outweighs_the_image_number() -> None:
    assert matched(result(image_id=7, file_name="0007.jpg")) == [(3, 10)]
    assert matched(result(image_id=7, file_name="some/where/0007.jpg")) == [(3, 10)]
    assert matched(result(image_id=7, file_name="b\\x.jpg")) == [(2, 10)]


def test_a_name_that_two_images_share_matches_neither() -> None:
    found = match_results(TRUTH, [result(file_name="x.jpg"), result()], "r")
    assert (len(found.results), found.other_images) == (1, 1)


def test_a_class_name_outweighs_the_number_but_for_case_spaces_and_marks() -> None:
    assert matched(result(category_id=0, category="Traffic_Light"), result(category_id=10, category="DOG")) == [
        (1, 10),
        (1, 20),
    ]


def test_names_that_the_truth_does_not_use_at_all_leave_the_numbers() -> None:
    assert matched(result(category="Ampel")) == [(1, 10)]


def test_what_the_truth_does_not_have_is_counted() -> None:
    results = [result(), result(image_id=99), result(category_id=99), result(category="dog"), result(category="cat")]
    found = match_results(checked_truth(TRUTH, "t"), results, "r")
    assert (len(found.results), found.other_images, found.other_classes) == (2, 1, 2)


def test_a_whole_coco_file_serves_as_results() -> None:
    assert len(match_results(TRUTH, {"annotations": [result()]}, "r").results) == 1


@pytest.mark.parametrize(
    ("results", "why"),
    [
        ({"a": 1}, "no list of COCO results"),
        ([{"image_id": 1}], "entry 1 is no COCO result"),
        ([1], "entry 1 is no COCO result"),
        ([result(bbox=[1, 2, 3])], "four finite numbers"),
        ([result(score=float("nan"))], "four finite numbers"),
        ([result(bbox="abcd")], "entry 1 is no COCO result"),
        ([result(image_id=99)], "None of the 1 results in r belongs to the images"),
        ([result(category_id=99)], "None of the 1 results in r belongs to the classes"),
    ],
)
def test_what_is_no_result_is_refused(results: Any, why: str) -> None:
    with pytest.raises(FormatError, match=why):
        match_results(checked_truth(TRUTH, "t"), results, "r")


@pytest.mark.parametrize(
    "truth",
    [
        [],
        {"images": []},
        {"images": [], "categories": []},
        {**TRUTH, "annotations": [{"bbox": [1, 2, 3, 4]}]},
        {**TRUTH, "images": [5]},
    ],
)
def test_what_is_no_truth_is_refused(truth: Any) -> None:
    with pytest.raises(FormatError, match=r"t (is no COCO|has no images)"):
        checked_truth(truth, "t")
