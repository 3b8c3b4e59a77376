"""Which anchors learn which box, and what the losses say of simple boxes."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch", reason="training needs the extra 'train'")

from torch import Tensor  # noqa: E402

from boxwright.training.nets.assign import TOP, assign, pairwise_iou  # noqa: E402
from boxwright.training.nets.head import HeadOutput  # noqa: E402
from boxwright.training.nets.losses import detection_loss, generalised_iou  # noqa: E402

CLASSES = 3


def grid(cells: int = 8, stride: int = 8) -> tuple[Tensor, Tensor]:
    """Anchor points and strides of one level over `cells` x `cells`."""
    middles = (torch.arange(cells) + 0.5) * stride
    ys, xs = torch.meshgrid(middles, middles, indexing="ij")
    return torch.stack((xs, ys), -1).reshape(-1, 2), torch.full((cells * cells,), float(stride))


def boxes_around(points: Tensor, half: float) -> Tensor:
    return torch.cat((points - half, points + half), -1)


def test_only_anchors_inside_a_box_learn_it_and_no_more_than_the_limit() -> None:
    points, strides = grid()
    truth = torch.tensor([[4.0, 4.0, 44.0, 44.0]])
    made = assign(torch.full((64, CLASSES), 0.1), boxes_around(points, 16), points, strides, truth, torch.tensor([2]))
    rows = made.positive.nonzero()[:, 0]
    assert len(rows) == TOP
    assert (points[rows] > 4).all()
    assert (points[rows] < 44).all()
    assert (made.boxes[rows] == truth[0]).all()
    assert made.scores[:, :2].sum() == 0
    assert made.scores[~made.positive].sum() == 0


def test_the_best_anchor_of_a_box_gets_its_overlap_as_target() -> None:
    points, strides = grid()
    truth = torch.tensor([[8.0, 8.0, 40.0, 40.0]])
    predicted = boxes_around(points, 16)
    made = assign(torch.full((64, CLASSES), 0.3), predicted, points, strides, truth, torch.tensor([0]))
    best = pairwise_iou(truth, predicted)[0][made.positive].max()
    assert made.scores.max() == pytest.approx(float(best), abs=1e-5)


def test_an_anchor_wanted_by_two_boxes_takes_the_one_it_overlaps_more() -> None:
    points, strides = grid()
    truth = torch.tensor([[0.0, 0.0, 24.0, 24.0], [0.0, 0.0, 64.0, 64.0]])
    made = assign(
        torch.full((64, CLASSES), 0.1), boxes_around(points, 12), points, strides, truth, torch.tensor([0, 1])
    )
    middle = int(((points - 12).abs().sum(-1)).argmin())
    assert made.positive[middle]
    assert (made.boxes[middle] == truth[0]).all()


def test_a_box_smaller_than_a_cell_is_still_learnt() -> None:
    points, strides = grid()
    truth = torch.tensor([[17.0, 17.0, 19.0, 19.0]])
    made = assign(torch.full((64, CLASSES), 0.1), boxes_around(points, 4), points, strides, truth, torch.tensor([1]))
    assert made.positive.sum() >= 1


def test_an_empty_image_teaches_that_nothing_is_there() -> None:
    points, strides = grid()
    raw = HeadOutput(torch.zeros(1, 64, CLASSES, requires_grad=True), boxes_around(points, 8)[None], points, strides)
    class_loss, box_loss = detection_loss(raw, [torch.zeros(0, 4)], [torch.zeros(0, dtype=torch.int64)])
    assert class_loss.item() > 0
    assert box_loss.item() == 0
    class_loss.backward()


@pytest.mark.parametrize(
    ("other", "expected"),
    [
        ((0, 0, 10, 10), 1.0),
        ((0, 0, 10, 20), 0.5),
        ((10, 0, 20, 10), 0.0),
        # Union 200, hull 300: 0 - 100/300.
        ((20, 0, 30, 10), -1 / 3),
    ],
)
def test_generalised_iou_by_hand(other: tuple[int, ...], expected: float) -> None:
    value = generalised_iou(torch.tensor([[0.0, 0.0, 10.0, 10.0]]), torch.tensor([other], dtype=torch.float32))
    assert float(value) == pytest.approx(expected, abs=1e-6)


def test_the_loss_of_the_right_answer_is_lower_than_of_a_wrong_one() -> None:
    points, strides = grid()
    truth, labels = [torch.tensor([[8.0, 8.0, 40.0, 40.0]])], [torch.tensor([1])]

    def loss(box: Tensor, label: int) -> float:
        logits = torch.full((1, 64, CLASSES), -6.0)
        inside = ((points > 8) & (points < 40)).all(-1)
        logits[0, inside, label] = 4.0
        return float(sum(detection_loss(HeadOutput(logits, box.expand(1, 64, 4), points, strides), truth, labels)))

    right = loss(truth[0], 1)
    assert right < loss(truth[0] + 6, 1)
    assert right < loss(truth[0], 2)
