from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import SettingError
from boxwright.domain.image import Split
from boxwright.domain.prediction import ProbKind
from boxwright.services.project.project import Project
from boxwright.services.project.split import draw, freeze_validation
from boxwright.store.files import FileRow


def grow(project: Project, count: int) -> None:
    first = project.images.counts()["images"]
    with project.transaction():
        project.files.add([FileRow(1, f"{n}.jpg", 9, 9, f"{n}", 1, 1, None) for n in range(first, first + count)])


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """100 images: 1 to 60 labelled with `common`, of these 51 to 60 with `rare` too, the others unknown."""
    with Project.create(tmp_path / "p", ["common", "rare"]) as made:
        made.roots.add(tmp_path / "photos")
        grow(made, 100)
        box = Box(0, 0, 1, 1)
        made.labels.import_labels(
            (i, [drawn(box, 1), drawn(box, 1), *([drawn(box, 2)] if i > 50 else [])]) for i in range(1, 61)
        )
        yield made


def frozen(project: Project) -> list[int]:
    return project.images.ids(split=Split.VALIDATION).tolist()


def test_the_share_holds_for_all_and_for_each_class(project: Project) -> None:
    assert freeze_validation(project, 0.2, seed=1) == 20
    chosen = frozen(project)
    assert len(chosen) == 20
    assert sum(i <= 60 for i in chosen) == 12
    assert sum(50 < i <= 60 for i in chosen) == 2
    assert not set(project.images.candidates().tolist()) & set(chosen)


def test_it_is_drawn_once(project: Project) -> None:
    freeze_validation(project, 0.2, seed=1)
    before = frozen(project)
    grow(project, 50)
    assert freeze_validation(project, 0.5, seed=2) == 20
    assert frozen(project) == before


def test_the_seed_decides(project: Project, tmp_path: Path) -> None:
    ids, classes = np.arange(1, 500), {i: {1, i % 3} for i in range(1, 200)}
    one, again, other = (draw(ids, classes, 0.1, seed) for seed in (1, 1, 2))
    assert one.tolist() == again.tolist()
    assert one.tolist() != other.tolist()


def test_extending_takes_new_images_only(project: Project) -> None:
    freeze_validation(project, 0.2, seed=1)
    before = frozen(project)
    grow(project, 50)
    assert freeze_validation(project, 0.2, seed=2, extend=True) == 30
    added = sorted(set(frozen(project)) - set(before))
    assert len(added) == 10
    assert min(added) > 100
    assert freeze_validation(project, 0.2, seed=3, extend=True) == 30, "nothing came since"


def test_extending_leaves_out_what_a_detector_may_have_been_trained_on(project: Project) -> None:
    freeze_validation(project, 0.2, seed=1)
    grow(project, 20)
    project.labels.import_labels((i, []) for i in range(101, 111))
    card = DetectorCard("grid", ProbKind.SIGMOID, ("common",), InputSpec(64, 64))
    project.models.add("trained", "models/m.onnx", "0", card, {0: 1})
    with project.transaction():
        project.store.write("UPDATE model SET added = '9999-01-01T00:00:00+00:00'")
    freeze_validation(project, 0.9, seed=2, extend=True)
    assert [i for i in frozen(project) if 100 < i <= 110] == []
    assert [i for i in frozen(project) if i > 110] != []


def test_a_split_that_came_with_a_dataset_stays(project: Project) -> None:
    project.images.set_split([3, 4], Split.VALIDATION)
    assert freeze_validation(project, 0.5, seed=1) == 2
    assert frozen(project) == [3, 4]


def test_files_that_cannot_be_used_are_not_drawn(project: Project) -> None:
    for i in range(1, 91):
        project.images.mark_problem(i, "truncated")
    freeze_validation(project, 0.5, seed=1)
    assert len(frozen(project)) == 5
    assert min(frozen(project)) > 90


@pytest.mark.parametrize("share", [-0.1, 1.0, 3.0])
def test_a_share_that_makes_no_sense_is_told(project: Project, share: float) -> None:
    with pytest.raises(SettingError, match="validation share"):
        freeze_validation(project, share, seed=1)


labelings = st.dictionaries(st.integers(1, 200), st.sets(st.integers(1, 6), min_size=1, max_size=3), max_size=120)


@given(classes=labelings, extra=st.integers(0, 80), share=st.floats(0, 0.9), seed=st.integers(0, 9))
def test_any_labelling_gives_ascending_known_ids_near_the_share(
    classes: dict[int, set[int]], extra: int, share: float, seed: int
) -> None:
    ids = np.array(sorted({*classes, *range(1000, 1000 + extra)}), np.int64)
    chosen = draw(ids, classes, share, seed)
    assert (np.diff(chosen) > 0).all()
    assert set(chosen.tolist()) <= set(ids.tolist())
    if extra == 0 or not classes:
        assert abs(len(chosen) - share * len(ids)) <= 7, "at most one image a class off"
    else:
        per_class = Counter(c for i in classes for c in classes[i])
        drawn_of = Counter(c for i in chosen.tolist() for c in classes.get(i, ()))
        rarest = min(per_class, key=lambda c: (per_class[c], c))
        assert abs(drawn_of[rarest] - share * per_class[rarest]) <= 1


def test_a_multilabel_set_keeps_rare_classes_in_proportion() -> None:
    rng = np.random.default_rng(0)
    shares = [0.5, 0.3, 0.12, 0.05, 0.03]
    classes = {i: set(rng.choice(5, size=rng.integers(1, 3), replace=False, p=shares).tolist()) for i in range(2000)}
    chosen = set(draw(np.arange(2000), classes, 0.1, 3).tolist())
    for c in range(5):
        members = [i for i in classes if c in classes[i]]
        assert sum(i in chosen for i in members) == pytest.approx(0.1 * len(members), abs=1.5 + 0.02 * len(members))
