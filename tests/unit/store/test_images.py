from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from boxwright.domain.errors import ProjectError
from boxwright.domain.image import ImageState, Split
from boxwright.domain.messages import Message
from boxwright.store.connection import Store
from boxwright.store.files import FileRepository, FileRow
from boxwright.store.images import ImageRepository
from boxwright.store.roots import RootRepository


@pytest.fixture
def images(pool: Store) -> ImageRepository:
    """1 labelled, 2 skipped, 3 unreadable, 4 copy of 5, 6 labelled validation, 7 validation, 8 test, 9 and 10 to do."""
    with pool.transaction():
        pool.write("UPDATE image SET state = 'labeled' WHERE id IN (1, 6)")
        pool.write("UPDATE image SET state = 'skipped', skip_reason = 'blurred' WHERE id = 2")
        pool.write("UPDATE image SET duplicate_of = 5 WHERE id = 4")
    repository = ImageRepository(pool)
    repository.mark_problem(3, "truncated")
    repository.set_split(np.array([6, 7]), Split.VALIDATION)
    repository.set_split([8], Split.TEST)
    return repository


def test_an_image_is_read_back_with_all_it_has(images: ImageRepository, tmp_path: Path) -> None:
    skipped = images.get(2)
    assert (skipped.root, skipped.path, skipped.width, skipped.height) == ("photos", "2.jpg", 100, 80)
    assert (skipped.state, skipped.skip_reason, skipped.usable) == (ImageState.SKIPPED, "blurred", True)
    assert (images.get(3).problem, images.get(3).usable) == ("truncated", False)
    assert (images.get(4).duplicate_of, images.get(4).usable) == (5, False)
    assert images.file(2) == tmp_path / "photos" / "2.jpg"


def test_an_unknown_number_is_told_in_a_sentence(images: ImageRepository) -> None:
    for ask in (images.get, images.file):
        with pytest.raises(ProjectError, match="no image with the number 99"):
            ask(99)


def test_many_keeps_the_order_asked_for_and_leaves_out_unknown_numbers(images: ImageRepository) -> None:
    assert [i.id for i in images.many(np.array([7, 99, 2, 7]))] == [7, 2, 7]
    assert images.many([]) == []


def test_more_numbers_than_one_statement_takes(images: ImageRepository) -> None:
    assert [i.id for i in images.many([*range(2000, 500, -1), 3, 1])] == [3, 1]


def test_paths_come_in_the_order_asked_for(images: ImageRepository) -> None:
    assert images.paths_of([9, 2, 9, 4]) == ["9.jpg", "2.jpg", "9.jpg", "4.jpg"]
    assert images.paths_of([]) == []


def test_ids_by_state_split_and_use(images: ImageRepository) -> None:
    assert images.ids().tolist() == [1, 2, 5, 6, 7, 8, 9, 10]
    assert images.ids(usable=False).tolist() == list(range(1, 11))
    assert images.ids(state=ImageState.LABELED).tolist() == [1, 6]
    assert images.ids(split=Split.VALIDATION).tolist() == [6, 7]
    assert images.ids(state=ImageState.LABELED, split=Split.TRAIN).tolist() == [1]
    assert images.ids().dtype == np.int64


def test_candidates_are_what_may_be_labelled_and_trained_on(images: ImageRepository) -> None:
    found = images.candidates()
    assert found.tolist() == [5, 9, 10]
    assert found.dtype == np.int64


def test_an_empty_pool_has_no_candidates(store: Store) -> None:
    found = ImageRepository(store).candidates()
    assert (found.shape, found.dtype) == ((0,), np.int64)


def test_counts_add_up(images: ImageRepository) -> None:
    counts = images.counts()
    assert counts == {
        "images": 10, "unlabeled": 5, "labeled": 2, "skipped": 1, "unreadable": 1, "duplicates": 1, "validation": 2,
        "validation_labeled": 1, "test": 1,
    }  # fmt: skip
    parts = ("unlabeled", "labeled", "skipped", "unreadable", "duplicates")
    assert sum(counts[name] for name in parts) == counts["images"]


def test_by_path_with_and_without_its_root(images: ImageRepository, pool: Store, tmp_path: Path) -> None:
    other = RootRepository(pool).add(tmp_path / "more")
    with pool.transaction():
        FileRepository(pool).add([FileRow(other.id, "größe/1 a.jpg", 5, 5, "aa", 1, 1, None)])
    assert images.by_path(None, "größe/1 a.jpg") == images.get(11)
    assert images.by_path("more", "größe/1 a.jpg") == images.get(11)
    assert images.by_path("photos", "größe/1 a.jpg") is None


def test_problems_are_listed_with_their_reason(images: ImageRepository) -> None:
    assert [(image.id, reason) for image, reason in images.problems()] == [(3, "truncated")]


def test_content_names_the_image_that_stands_for_it(images: ImageRepository) -> None:
    found = images.ids_by_content()
    assert found[f"{5:032x}"] == 5
    assert f"{3:032x}" not in found


def test_roots_get_names_of_their_own_and_move(store: Store, tmp_path: Path) -> None:
    roots = RootRepository(store)
    first, second = roots.add(tmp_path / "a" / "images"), roots.add(Path("/data/images"))
    assert [r.name for r in roots.all()] == ["images", "images-2"]
    roots.move(second.id, Path("/elsewhere"))
    assert roots.by_name("images-2") == second.__class__(second.id, "images-2", Path("/elsewhere"))
    assert store.value("SELECT folder FROM root WHERE id = ?", [first.id]) == "a/images", "moves with the project"
    assert roots.all()[0].folder == tmp_path / "a" / "images"


def test_why_a_file_cannot_be_used_keeps_its_parts_and_older_text_is_read_as_it_is(pool: Store) -> None:
    repository = ImageRepository(pool)
    repository.mark_problem(1, Message("too large ({0} x {1} pixels)", 90000, 2))
    repository.mark_problem(2, Message("truncated"))
    with pool.transaction():
        pool.write("UPDATE image SET problem = 'cannot be read: input/output error' WHERE id = 3")
    first, second, third = (repository.get(image_id).problem for image_id in (1, 2, 3))
    assert first == "too large (90000 x 2 pixels)"
    assert isinstance(first, Message)
    assert first.arguments == (90000, 2)
    assert (second, third) == ("truncated", "cannot be read: input/output error")
    assert pool.rows("SELECT problem FROM image WHERE id = 2") == [("truncated",)]
