"""Settings of a project: what is stored comes back, what was never stored is the default, and damage is told or not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from boxwright.domain.errors import SettingError
from boxwright.domain.suppression import Suppression
from boxwright.services.project.project import Project
from boxwright.services.project.project_settings import (
    ProjectSettings,
    Schedule,
    StoredSetting,
    Stream,
    WayOfWorking,
)
from boxwright.store.edit_log import LogSpan
from boxwright.store.settings import SettingRepository

# Every key that projects have on disk: none may ever change. Of each a value, as JSON, and what it is read as.
STORED: dict[str, tuple[str, Any, Any]] = {
    "schedule": ("schedule", {"way": "random", "sampler": "film"}, Schedule(WayOfWorking.RANDOM, sampler="film")),
    "schedule_set_after": ("schedule_set_after", 7, 7),
    "schedule_seed": ("schedule_seed", 42, 42),
    "stream": ("stream", {"budget": 0.3, "pending": [4, 5]}, Stream(0.3, pending=(4, 5))),
    "suppression": ("suppression", {"iou": 0.5, "class_agnostic": True}, Suppression(0.5, True)),
    "look_twice": ("look_twice", True, True),
    "feature_model": ("feature_model", 3, 3),
    "models_without_features": ("models_without_features", [1, 2], [1, 2]),
    "validation": ("validation", {"share": 0.1, "seed": 1, "through": 9}, {"share": 0.1, "seed": 1, "through": 9}),
    "imports": ("imports.done", [{"at": "2026"}], [{"at": "2026"}]),
    "cancelled_spans": ("imports.cancelled", [[1, 4]], (LogSpan(1, 4),)),
    "category_ids": ("formats.category_ids", {"1": 90}, {"1": 90}),
    "layout": ("layout", "AAAA", "AAAA"),
    "retraining": ("retrain", {"trainer": "scratch"}, {"trainer": "scratch"}),
    "advice_dismissed": ("advice_dismissed", 2, 2),
}
DEFAULTS = {
    "schedule": Schedule(), "schedule_set_after": 0, "schedule_seed": None, "stream": None,
    "suppression": Suppression(), "look_twice": False, "feature_model": None, "models_without_features": (),
    "validation": {}, "imports": (), "cancelled_spans": (), "category_ids": {}, "layout": None, "retraining": {},
    "advice_dismissed": None,
}  # fmt: skip


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p") as made:
        yield made


def test_every_key_is_here() -> None:
    keys = {name: found.key for name, found in vars(ProjectSettings).items() if isinstance(found, StoredSetting)}
    assert keys == {name: key for name, (key, _, _) in STORED.items()}
    assert len(set(keys.values())) == len(keys)


@pytest.mark.parametrize("name", STORED)
def test_a_setting_is_what_was_stored_or_its_default(project: Project, name: str) -> None:
    key, value, read = STORED[name]
    assert getattr(project.settings, name) == DEFAULTS[name]
    stored = SettingRepository(project.store)
    stored[key] = value
    assert getattr(project.settings, name) == read
    setattr(project.settings, name, read)
    assert getattr(project.settings, name) == read
    assert list(stored) == [key]
    for _ in range(2):
        delattr(project.settings, name)
        assert getattr(project.settings, name) == DEFAULTS[name]


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("layout", 7, None),
        ("retraining", [1], {}),
        ("advice_dismissed", "x", None),
        ("look_twice", "yes", True),
        ("schedule", [], Schedule()),
        ("schedule", {"way": "random"}, Schedule(WayOfWorking.RANDOM, sampler="uncertainty-random", score="entropy",
                                                 aggregate="max", rare_classes=False)),
        ("schedule_seed", None, None),
        ("stream", None, None),
    ],
)  # fmt: skip
def test_what_a_damaged_or_older_value_is_taken_for(project: Project, name: str, value: Any, read: Any) -> None:
    SettingRepository(project.store)[STORED[name][0]] = value
    assert getattr(project.settings, name) == read


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("schedule", {"way": 7}, ValueError),
        ("schedule", {"step": 2, "sampler": "random"}, SettingError),
        ("schedule_set_after", None, TypeError),
        ("stream", {"budget": "x", "pending": []}, TypeError),
        ("stream", {"budget": 0.1}, KeyError),
        ("stream", {"budget": 0.0, "pending": []}, SettingError),
        ("suppression", {"x": 1}, TypeError),
        ("suppression", {"iou": 7}, SettingError),
        ("cancelled_spans", [7], TypeError),
    ],
)
def test_any_other_damage_is_told(project: Project, name: str, value: Any, kind: type[Exception]) -> None:
    SettingRepository(project.store)[STORED[name][0]] = value
    with pytest.raises(kind):
        getattr(project.settings, name)


def test_empty_spans_are_not_kept(project: Project) -> None:
    project.settings.cancelled_spans = [LogSpan(1, 2), LogSpan(5, 4)]
    assert project.settings.cancelled_spans == (LogSpan(1, 2),)


def test_what_pre_labels_were_made_with_is_kept_for_each_detector(project: Project) -> None:
    settings = project.settings
    settings.set_prelabels_made_with(1, {"iou": 0.6})
    assert (settings.prelabels_made_with(1), settings.prelabels_made_with(2)) == ({"iou": 0.6}, None)
    assert list(SettingRepository(project.store)) == ["prelabels_of_model_1"]
    SettingRepository(project.store)["prelabels_of_model_2"] = "damaged"
    assert settings.prelabels_made_with(2) is None
    for _ in range(2):
        settings.set_prelabels_made_with(1, None)
        assert settings.prelabels_made_with(1) is None


def test_a_setting_that_there_is_not_cannot_be_stored(project: Project) -> None:
    with pytest.raises(AttributeError):
        project.settings.laoyut = "AAAA"  # type: ignore[attr-defined]
