"""A class name composed and taken apart is one class, through every door."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

import pytest

from boxwright.cli.class_list import class_names
from boxwright.domain.errors import ProjectError, SettingError
from boxwright.formats.dataset import DatasetClass
from boxwright.services.detectors.registry import matched_classes
from boxwright.services.importing.classes import class_ids, new_names
from boxwright.services.project.project import Project

CAT = "\uace0\uc591\uc774"
APART = unicodedata.normalize("NFD", CAT)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "project", [CAT]) as made:
        yield made


def test_a_dataset_and_a_detector_find_the_class_however_it_is_written(project: Project) -> None:
    for name in (APART, CAT + "\u200b", f" {CAT} "):
        with project.transaction():
            ids, added = class_ids(project, new_names([DatasetClass(0, name)], {}))
        assert (ids.tolist(), added) == ([1], ())
        assert matched_classes([name], project.classes.all()) == {0: 1}
        assert project.classes.add(name).id == 1


def test_two_spellings_in_one_dataset_are_one_new_class(project: Project) -> None:
    with project.transaction():
        ids, added = class_ids(project, ["caf\u00e9", "cafe\u0301", "Caf\u00e9", ""])
    assert (ids.tolist(), added) == ([2, 2, 3, -1], ("caf\u00e9", "Caf\u00e9"))


def test_a_class_map_names_a_class_in_either_spelling() -> None:
    assert new_names([DatasetClass(0, APART)], {CAT: "cat"}) == ["cat"]


def test_the_window_takes_no_second_spelling(project: Project) -> None:
    other = project.classes.add("dog")
    with pytest.raises(ProjectError, match="already called"):
        project.classes.rename(other.id, APART)
    with pytest.raises(SettingError, match="listed twice"):
        class_names(f"{CAT},{APART}")


def test_a_project_that_has_both_spellings_keeps_both(project: Project) -> None:
    with project.transaction():
        project.store.write("INSERT INTO class(name, color, position) VALUES (?, '#000000', 1)", [APART])
    assert matched_classes([CAT, APART], project.classes.all()) == {0: 1, 1: 2}
    with project.transaction():
        assert class_ids(project, [APART, CAT])[0].tolist() == [2, 1]
    project.classes.rename(2, "dog")
    assert [c.name for c in project.classes.all()] == [CAT, "dog"]


def test_letters_of_a_detector_find_their_own_case(project: Project) -> None:
    for name in ("a", "A"):
        project.classes.add(name)
    assert matched_classes(["A", "a", "b"], project.classes.all()) == {0: 3, 1: 2}
