"""Drawing a batch from a real pool with a real detector's scores."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.colours import Colour, make_pool, shades, write_detector, write_pictures

from boxwright.config.plugins import Plugins
from boxwright.domain.batch import Batch, Slot
from boxwright.domain.edits import accept_all, confirm_empty
from boxwright.domain.errors import SettingError
from boxwright.domain.image import Split
from boxwright.sampling import samplers as registry
from boxwright.sampling.protocol import Sampler
from boxwright.sampling.scores import entropy_bits
from boxwright.services.batches.next_batch import NextRequest, next_batch, usable_count
from boxwright.services.detectors.admission import add_model
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project

COUNT = 40


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """40 pictures from pure red (id order follows the file names) to grey, pre-labelled."""
    with make_pool(tmp_path, shades(COUNT)) as made:
        active = made.models.active()
        assert active is not None
        prelabel(made, active, "cpu")
        yield made


def ids(batch: Batch, slot: Slot | None = None) -> list[int]:
    return [item.image_id for item in batch.items if slot is None or item.slot is slot]


def label(project: Project, image_id: int) -> None:
    project.labels.apply(image_id, confirm_empty(project.labels.load(image_id)))


def greyest(project: Project, count: int) -> list[int]:
    return project.images.candidates()[-count:][::-1].tolist()


def test_the_most_uncertain_of_the_whole_pool(project: Project) -> None:
    batch = next_batch(project, NextRequest(5, "uncertainty", "entropy", random_share=0, seed=1))
    assert ids(batch) == greyest(project, 5)
    assert {item.slot for item in batch.items} == {Slot.UNCERTAIN}
    assert [item.rank for item in batch.items] == [0, 1, 2, 3, 4]
    assert project.batches.latest() == batch


def test_each_uncertain_image_names_the_box_that_decided_and_its_score(project: Project) -> None:
    model = project.models.active()
    assert model is not None
    batch = next_batch(project, NextRequest(8, "uncertainty", "entropy", "max", False, random_share=0, seed=1))
    for item in batch.items:
        boxes = project.predictions.of_image(item.image_id, model.id)
        entropies = entropy_bits(np.stack([b.probs for b in boxes])) / np.log2(3)
        assert item.prediction_id == boxes[int(entropies.argmax())].id
        assert item.score == pytest.approx(entropies.max(), abs=1e-6)


def test_default_is_half_uncertain_half_random_and_is_stored_with_its_settings(project: Project) -> None:
    batch = next_batch(project, NextRequest(9, seed=4))
    assert len(ids(batch, Slot.UNCERTAIN)) == 5
    assert len(ids(batch, Slot.RANDOM)) == 4
    settings = {
        key: batch.settings[key] for key in ("sampler", "score", "aggregate", "subset", "random", "seed", "size")
    }
    assert settings == {
        "sampler": "uncertainty-diversity",
        "score": "detection_entropy",
        "aggregate": "mean",
        "subset": 0.2,
        "random": 0.5,
        "seed": 4,
        "size": 9,
    }


@pytest.mark.parametrize("sampler", registry.samplers())
def test_every_sampler_leaves_half_to_chance_unless_another_share_is_asked_for(project: Project, sampler: str) -> None:
    usual = next_batch(project, NextRequest(20, sampler=sampler, seed=1))
    assert len(ids(usual, Slot.RANDOM)) == (20 if sampler in ("random", "typiclust") else 10)
    fewer = next_batch(project, NextRequest(20, sampler=sampler, random_share=0.3, seed=1, redraw=True))
    assert len(ids(fewer, Slot.RANDOM)) == (20 if sampler in ("random", "typiclust") else 6)
    again = next_batch(project, NextRequest(20, sampler=sampler, random_share=0.3, seed=1, redraw=True))
    assert ids(again) == ids(fewer)


def test_a_first_batch_is_drawn_from_the_whole_pool_whatever_part_of_it_is_pre_labelled(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(COUNT // 10)) as project:
        model = project.models.active()
        assert model is not None
        prelabel(project, model, "cpu")
        add_folders(project, [write_pictures(tmp_path / "more", shades(COUNT - COUNT // 10))])
        seen: set[int] = set()
        for seed in range(12):
            batch = next_batch(project, NextRequest(8, "random", seed=seed, redraw=True, first=True))
            assert {item.slot for item in batch.items} == {Slot.INITIAL}
            seen |= set(ids(batch))
        assert len(seen) > 0.8 * COUNT


def test_a_batch_needs_neither_the_images_nor_the_detector(project: Project, tmp_path: Path) -> None:
    shutil.rmtree(tmp_path / "pictures")
    shutil.rmtree(project.folder / "models")
    assert len(next_batch(project, NextRequest(10, seed=1)).items) == 10


def test_a_seed_that_was_drawn_is_told_and_repeats_the_draw(project: Project) -> None:
    first = next_batch(project, NextRequest(10))
    seed = first.settings["seed"]
    assert isinstance(seed, int)
    assert ids(next_batch(project, NextRequest(10, seed=seed))) == ids(first)


def test_two_draws_in_a_row_share_no_image_unless_asked(project: Project) -> None:
    first = next_batch(project, NextRequest(10, seed=1, sampler="uncertainty", random_share=0))
    second = next_batch(project, NextRequest(10, seed=2, sampler="uncertainty", random_share=0))
    assert not set(ids(first)) & set(ids(second))
    redrawn = next_batch(project, NextRequest(10, seed=3, sampler="uncertainty", random_share=0, redraw=True))
    assert set(ids(redrawn)) == set(ids(first))


def test_the_same_draw_after_another_still_leaves_the_other_out(project: Project) -> None:
    first = next_batch(project, NextRequest(10, seed=1))
    second = next_batch(project, NextRequest(10, seed=2))
    assert ids(next_batch(project, NextRequest(10, seed=2))) == ids(second)
    assert not set(ids(first)) & set(ids(second))


def test_labelled_and_validation_images_are_not_drawn(project: Project) -> None:
    candidates = project.images.candidates().tolist()
    for image_id in candidates[:5]:
        label(project, image_id)
    project.images.set_split(candidates[5:10], Split.VALIDATION)
    batch = next_batch(project, NextRequest(COUNT, seed=1))
    assert sorted(ids(batch)) == candidates[10:]
    assert "Only 30 of the 40" in batch.notes[0]


def test_a_pool_that_waits_in_the_latest_batch_says_so(project: Project) -> None:
    next_batch(project, NextRequest(30, seed=1))
    rest = next_batch(project, NextRequest(30, seed=2))
    assert len(rest.items) == 10
    assert "30 more wait in the latest batch" in rest.notes[0]


def test_nothing_left_is_said_and_not_stored(project: Project) -> None:
    for image_id in project.images.candidates().tolist():
        label(project, image_id)
    batch = next_batch(project, NextRequest(5, seed=1))
    assert (batch.id, batch.items) == (0, ())
    assert batch.notes == ("No unlabelled image is left.",)
    assert project.batches.latest() is None


def test_before_any_detector_the_batch_is_initial(tmp_path: Path) -> None:
    with Project.create(tmp_path / "project", ["red"]) as project:
        add_folders(project, [write_pictures(tmp_path / "pictures", shades(12))])
        batch = next_batch(project, NextRequest(5, seed=1))
        assert [(i.slot, i.score, i.prediction_id) for i in batch.items] == [(Slot.INITIAL, None, None)] * 5
        assert batch.model_id is None
        assert "no detector yet" in batch.notes[0]


def test_before_any_prelabel_the_batch_is_initial_and_says_what_to_do(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(12)) as project:
        batch = next_batch(project, NextRequest(5, seed=1))
        assert {i.slot for i in batch.items} == {Slot.INITIAL}
        assert "run the pre-labels" in batch.notes[0]


def test_images_added_after_the_prelabels_take_part_only_at_random(project: Project, tmp_path: Path) -> None:
    add_folders(project, [write_pictures(tmp_path / "more", {f"new{i}.png": (9, 9, i) for i in range(10)})])
    batch = next_batch(project, NextRequest(50, sampler="uncertainty", random_share=0, seed=1))
    assert len(ids(batch, Slot.UNCERTAIN)) == 40
    assert len(ids(batch, Slot.RANDOM)) == 10
    assert "Only 40 unlabelled images have a score" in " ".join(batch.notes)
    (stored,) = project.batches.get(batch.id).notes
    assert (stored.template[:31], stored.arguments[0]) == ("Only {0} unlabelled images have", 40)


@pytest.mark.parametrize("sampler", [name for name, one in registry.samplers().items() if one.needs_scores])
def test_a_detector_with_one_class_is_ranked_by_detection_entropy_and_says_so(tmp_path: Path, sampler: str) -> None:
    with Project.create(tmp_path / "project", ["red"]) as project:
        add_folders(project, [write_pictures(tmp_path / "pictures", [(25 * i, 0, 0) for i in range(11)])])
        model = add_model(project, write_detector(tmp_path / "one.onnx", classes=("red",)))
        prelabel(project, model, "cpu")
        batch = next_batch(project, NextRequest(3, sampler, "entropy", subset=1.0, random_share=0.0, seed=1))
        assert batch.settings["score"] == "detection_entropy"
        assert "single class" in batch.notes[0]
        # 5 * 25 / 255 is the closest to one half.
        assert project.images.get(batch.items[0].image_id).path == "005.png"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"size": 0}, "at least one image"),
        ({"subset": 0.0}, "subset"),
        ({"random_share": 1.5}, "random share"),
        ({"score": "fear"}, "entropy, least_confidence"),
        ({"aggregate": "median"}, "max, mean, sum"),
        ({"sampler": "coin"}, "uncertainty-random"),
        ({"seed": -1}, "seed"),
    ],
)
def test_a_wrong_request_is_one_sentence_and_changes_nothing(
    project: Project, wrong: dict[str, object], words: str
) -> None:
    with pytest.raises(SettingError, match=words):
        next_batch(project, NextRequest(**{"size": 5, **wrong}))  # type: ignore[arg-type]
    assert project.batches.count() == 0


PLUGINS = """
import numpy as np
from boxwright.domain.batch import Slot
from boxwright.sampling.protocol import Selection

class First:
    name, summary, needs_scores, needs_features, knobs = "first", "the first ones", False, False, ()
    def select(self, pool, knobs, rng):
        count = min(knobs.size, len(pool))
        return Selection(np.arange(count), (Slot.RANDOM,) * count)

class Stutters(First):
    name = "stutters"
    def select(self, pool, knobs, rng):
        return Selection(np.zeros(knobs.size, dtype=np.int64), (Slot.RANDOM,) * knobs.size)

class Old:
    name, summary, needs_scores = "old", "of a time before features", False
    def select(self, candidates, image_scores, size, rng, subset, random_share):
        raise AssertionError
"""
ENTRY_POINTS = """[boxwright.samplers]
first = plugged_samplers:First
stutters = plugged_samplers:Stutters
broken = plugged_samplers:Nobody
old = plugged_samplers:Old
random = plugged_samplers:First
"""


@pytest.fixture
def plugins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A distribution with samplers of its own, installed for the length of a test."""
    installed = tmp_path / "site"
    (installed / "plugged_samplers-1.0.dist-info").mkdir(parents=True)
    (installed / "plugged_samplers-1.0.dist-info" / "entry_points.txt").write_text(ENTRY_POINTS)
    (installed / "plugged_samplers-1.0.dist-info" / "METADATA").write_text("Name: plugged_samplers\nVersion: 1.0\n")
    (installed / "plugged_samplers.py").write_text(PLUGINS)
    monkeypatch.syspath_prepend(str(installed))
    again: Plugins[Sampler] = Plugins("sampler", registry.SAMPLERS.group, Sampler, registry.BUILT_IN)
    monkeypatch.setattr(registry, "SAMPLERS", again)
    yield
    sys.modules.pop("plugged_samplers", None)


@pytest.mark.usefixtures("plugins")
def test_a_sampler_of_somebody_else_is_used(project: Project) -> None:
    batch = next_batch(project, NextRequest(3, sampler="first", random_share=0, seed=1))
    assert ids(batch) == project.images.candidates()[:3].tolist()


@pytest.mark.usefixtures("plugins")
def test_a_sampler_of_somebody_else_gets_a_random_part_too(project: Project) -> None:
    batch = next_batch(project, NextRequest(20, sampler="first", random_share=0.3, seed=1))
    assert set(project.images.candidates()[:14].tolist()) <= set(ids(batch))
    assert set(ids(batch)) != set(project.images.candidates()[:20].tolist())


@pytest.mark.usefixtures("plugins")
def test_a_sampler_that_breaks_its_promise_stores_nothing(project: Project) -> None:
    with pytest.raises(SettingError, match="'stutters' did not choose 2 different images"):
        next_batch(project, NextRequest(3, sampler="stutters", seed=1))
    assert project.batches.count() == 0


@pytest.mark.usefixtures("plugins")
def test_a_sampler_that_cannot_be_loaded_or_takes_a_name_is_left_out_with_a_sentence() -> None:
    assert type(registry.by_name("random")).__module__ == "boxwright.sampling.builtin"
    broken, old, taken = registry.SAMPLERS.broken
    assert "'random'" in taken
    assert "'broken'" in broken
    assert "'needs_features'" in old
    assert not {"broken", "old"} & set(registry.samplers())


def test_a_share_refers_to_all_usable_images(project: Project) -> None:
    label(project, int(project.images.candidates()[0]))
    assert usable_count(project) == COUNT


def test_boxes_of_rare_classes_count_for_more_when_asked_for(tmp_path: Path) -> None:
    """Red ones are doubted more, but many red boxes were labelled and no blue one."""
    reds: list[Colour] = [(200, 120 + i, 120) for i in range(10)]
    blues: list[Colour] = [(60, 60 + i, 200) for i in range(10)]
    with make_pool(tmp_path, [*reds, *blues, *[(200, 0, 0)] * 6]) as project:
        model = project.models.active()
        assert model is not None
        prelabel(project, model, "cpu")
        images = project.images.candidates().tolist()
        for image_id in images[20:]:
            labels = project.labels.load(image_id)
            project.labels.apply(image_id, accept_all(labels, 0.0))
        asked = NextRequest(6, "uncertainty", "entropy", "max", rare_classes=False, random_share=0, seed=1)
        plain = next_batch(project, asked)
        rare = next_batch(project, replace(asked, rare_classes=True, redraw=True))
        assert set(ids(plain)) <= set(images[:10])
        assert set(ids(rare)) <= set(images[10:20])
        assert rare.settings["rare_classes"] is True
