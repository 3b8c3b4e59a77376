"""Pre-labels from two looks, the second at the mirror image."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image as PillowImage
from tests.colours import make_pool, shades

from boxwright.domain.model import Model
from boxwright.domain.scores import BOX_FLOOR, FLIP
from boxwright.inference.detector import Detector
from boxwright.sampling.flip_consistency import mirror_doubt, mirrored
from boxwright.services.batches.next_batch import NextRequest, next_batch
from boxwright.services.demo.picture import picture
from boxwright.services.prelabelling.pipeline import PipelineImage, Workers, detect_all
from boxwright.services.prelabelling.plan import set_looks_twice, suppression_of
from boxwright.services.prelabelling.prediction_file import PredictionChunk, load_chunk, save_chunk
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project

STARTER = Path(__file__).resolve().parents[3] / "models" / "starter.onnx"


def active(project: Project) -> Model:
    model = project.models.active()
    assert model is not None
    return model


def flips(project: Project) -> np.ndarray:
    return project.scores.read(active(project).id, [FLIP]).box_scores[FLIP]


def test_a_pool_looked_at_once_has_no_such_score_and_says_what_to_do(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(6)) as project:
        prelabel(project, active(project), "cpu")
        assert np.isnan(flips(project)).all()
        batch = next_batch(project, NextRequest(2, sampler="uncertainty", score=FLIP))
        assert batch.settings["score"] == "entropy"
        assert "look twice" in " ".join(batch.notes)


def test_looking_twice_looks_again_at_all_and_looking_once_again_at_none(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(6)) as project:
        model = active(project)
        prelabel(project, model, "cpu")
        set_looks_twice(project, True)
        assert prelabel(project, model, "cpu").predicted == 6
        assert len(flips(project)) and np.isfinite(flips(project)).all()
        batch = next_batch(project, NextRequest(2, sampler="uncertainty", score=FLIP))
        assert (batch.settings["score"], batch.settings["notes"]) == (FLIP, "")
        set_looks_twice(project, False)
        assert prelabel(project, model, "cpu").predicted == 0
        assert np.isfinite(flips(project)).all(), "what is known is kept"


def test_images_looked_at_once_are_not_ranked_beside_those_looked_at_twice(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(6)) as project:
        model = active(project)
        set_looks_twice(project, True)
        prelabel(project, model, "cpu")
        first = project.images.candidates()[:2].tolist()
        once = project.scores.of(model.id, first)
        boxes = {name: values for name, values in once.box_scores.items() if name != FLIP}
        project.scores.append(model.id, type(once)(once.image_ids, once.offsets, boxes, once.best_raw, once.labels))
        project.scores.compact(model.id)
        batch = next_batch(project, NextRequest(6, sampler="uncertainty", score=FLIP, seed=1, random_share=0))
        assert "Only 4 unlabelled images have a score" in " ".join(batch.notes)
        assert {item.image_id for item in batch.items if item.score is None} == set(first)


def test_a_detector_is_doubted_as_much_as_its_look_at_the_mirror_image_says(tmp_path: Path) -> None:
    shown = picture(3, 5).image
    file = tmp_path / "parts.png"
    PillowImage.fromarray(shown[:, :, ::-1]).save(file)
    height, width = shown.shape[:2]
    with Project.create(tmp_path / "p", ["thing"]) as project:
        suppression = suppression_of(project)
    detector = Detector.open(STARTER, device="cpu", threads=1)
    source = PipelineImage(1, tmp_path, file, width, height)
    (outcome,) = detect_all(detector, [source], Workers(1, 1, 1), BOX_FLOOR, suppression, twice=True)
    seen = outcome.detections
    assert seen is not None and seen.flip is not None and len(seen)
    (again,) = detector.detect([np.ascontiguousarray(shown[:, ::-1])], BOX_FLOOR / 2)
    wanted = mirror_doubt(seen, mirrored(again, width))
    # The pipeline decodes the file no larger than the detector needs it.
    assert np.median(np.abs(wanted - seen.flip)) < 0.05
    sure = seen.scores > 0.6
    assert seen.flip[sure].mean() < seen.flip[~sure].mean()
    save_chunk(PredictionChunk(((1, seen),), ()), tmp_path / "chunk.npz")
    ((_, loaded),) = load_chunk(tmp_path / "chunk.npz").found
    assert loaded.flip is not None and np.array_equal(loaded.flip, seen.flip)
