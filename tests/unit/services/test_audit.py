"""What the random images of batches tell of a detector."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.labelling import FOUND, make_project

from boxwright.domain.audit import audit_words
from boxwright.domain.batch import BatchItem, Slot
from boxwright.domain.edits import accept_all, confirm_empty
from boxwright.evaluation.bootstrap import FEWEST, bootstrap_interval
from boxwright.evaluation.fixes import SHOWN
from boxwright.services.batches.random_slot_metrics import audits, latest_audit
from boxwright.services.project.project import Project

COUNT = 24
SEEN = sum(max(probs) >= SHOWN for _, probs in FOUND)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """A detector that says the same of every image, and a batch of all: every other one at random."""
    with make_project(tmp_path / "project", COUNT) as made:
        slots = [Slot.RANDOM if i % 2 == 0 else Slot.UNCERTAIN for i in range(COUNT)]
        made.batches.add(1, {}, [BatchItem(i + 1, i, slot) for i, slot in enumerate(slots)])
        yield made


def label(project: Project, image_id: int, right: bool) -> None:
    labels = project.labels.load(image_id)
    project.labels.apply(image_id, accept_all(labels, SHOWN) if right else confirm_empty(labels))


def test_only_random_images_that_were_labelled_count(project: Project) -> None:
    assert audits(project) == []
    label(project, 2, right=False)
    assert audits(project) == [], "that one was picked"
    label(project, 1, right=True)
    label(project, 3, right=False)
    (audit,) = audits(project)
    assert (audit.model_id, audit.images) == (1, 2)
    assert audit.fixes_per_image == SEEN / 2
    assert audit.fixes_low is None and audit.ap50_low is None
    assert "More random images" in audit_words(audit)


def test_with_more_images_it_has_bounds_around_it(project: Project) -> None:
    for number, image_id in enumerate(range(1, COUNT + 1, 2)):
        label(project, image_id, right=number % 3 > 0)
    audit = latest_audit(project)
    assert audit is not None and audit.fixes_low is not None and audit.fixes_high is not None
    assert audit.images == COUNT // 2
    assert audit.fixes_per_image == pytest.approx(SEEN / 3)
    assert 0 <= audit.fixes_low < audit.fixes_per_image < audit.fixes_high <= SEEN
    assert audit.ap50 is not None and audit.ap50_low is not None and audit.ap50_high is not None
    assert 0 <= audit.ap50_low <= audit.ap50 <= audit.ap50_high <= 1
    assert audit.ap50_low < audit.ap50_high
    assert f"{audit.fixes_per_image:.1f} ({audit.fixes_low:.1f} to {audit.fixes_high:.1f})" in audit_words(audit)
    assert audits(project) == [audit], "the same each time"


def test_images_without_any_true_box_have_no_ap(project: Project) -> None:
    label(project, 1, right=False)
    (audit,) = audits(project)
    assert audit.ap50 is None
    assert "AP50" not in audit_words(audit)


def test_a_later_detector_that_has_not_seen_them_has_no_audit(project: Project) -> None:
    label(project, 1, right=True)
    card = project.models.get(1).card
    later = project.models.add("later", "models/later.onnx", "1" * 64, card, {0: 1})
    project.models.activate(later.id)
    assert [audit.model_id for audit in audits(project)] == [1]
    assert latest_audit(project) == audits(project)[0]


def test_the_bounds_are_those_that_theory_gives_for_a_mean() -> None:
    values = np.random.default_rng(0).normal(5, 2, 400)
    found = bootstrap_interval(400, lambda chosen: float(values[chosen].mean()), 2000)
    half = 1.96 * values.std() / 20
    assert found == pytest.approx((values.mean() - half, values.mean() + half), abs=0.2 * half)


def test_too_few_images_or_draws_without_a_figure_have_no_bounds() -> None:
    assert bootstrap_interval(FEWEST - 1, lambda _: 1.0, 50) is None
    assert bootstrap_interval(FEWEST, lambda _: 1.0, 50) == (1.0, 1.0)
    assert bootstrap_interval(FEWEST, lambda _: None, 50) is None
