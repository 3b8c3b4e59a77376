from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from boxwright.domain.errors import ProjectError
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.services.project.roots import missing_roots, move_root


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """Three images in the root `photos`, whose folder has since been renamed to `moved`."""
    (tmp_path / "photos" / "a").mkdir(parents=True)
    for n in range(3):
        Image.new("L", (8, 8), n).save(tmp_path / "photos" / "a" / f"{n}.png")
    with Project.create(tmp_path / "project") as made:
        add_folders(made, [tmp_path / "photos"])
        (tmp_path / "photos").rename(tmp_path / "moved")
        yield made


def test_a_moved_folder_is_missing_until_it_is_pointed_to(project: Project, tmp_path: Path) -> None:
    assert [root.name for root in missing_roots(project)] == ["photos"]
    assert move_root(project, "photos", tmp_path / "moved") == 3
    assert missing_roots(project) == []
    assert project.images.file(1) == tmp_path / "moved" / "a" / "0.png"
    assert add_folders(project, [tmp_path / "moved"]).unchanged == 3


def test_a_folder_that_has_lost_some_images_is_taken(project: Project, tmp_path: Path) -> None:
    (tmp_path / "moved" / "a" / "0.png").unlink()
    assert move_root(project, "photos", tmp_path / "moved") == 2


@pytest.mark.parametrize(
    ("name", "folder", "sentence"),
    [
        ("nothing", "moved", "no image folder called 'nothing'; it has 'photos'"),
        ("photos", "gone", "not a folder"),
        ("photos", "project", "None of the images of 'photos'.*a/0.png"),
    ],
)
def test_a_wrong_name_or_folder_changes_nothing(
    project: Project, tmp_path: Path, name: str, folder: str, sentence: str
) -> None:
    with pytest.raises(ProjectError, match=sentence):
        move_root(project, name, tmp_path / folder)
    assert project.roots.all()[0].folder == tmp_path / "photos"
