"""Backups: when one is made, which are kept, and going back to one."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.colours import BLACK, make_pool, write_picture
from tests.killing import KILLED, killed_at

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add
from boxwright.domain.errors import ProjectError, ReadOnlyProject
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.dataset import import_dataset
from boxwright.services.importing.undo import undo_import
from boxwright.services.project import backups
from boxwright.services.project.backups import Why, before, newest_whole
from boxwright.services.project.class_removal import remove_class
from boxwright.services.project.layout import DATABASE
from boxwright.services.project.project import Project
from boxwright.services.project.restore import restore
from boxwright.store import backup, backup_files
from boxwright.store.backup_files import Backup, name_for, superfluous

BOX = Box(10, 10, 40, 40)


def draw(project: Project, image_id: int = 1) -> None:
    project.labels.apply(image_id, add(drawn(BOX, 1)))


def boxes(folder: Path) -> int:
    with Project.open(folder, read_only=True) as project:
        return sum(project.labels.counts().values())


def whys(folder: Path) -> list[str]:
    return [found.why for found in backup_files.backups(folder)]


def age(folder: Path, days: float) -> None:
    """Make every backup as much older, or younger."""
    for found in backup_files.backups(folder):
        found.path.rename(found.path.with_name(name_for(found.made - timedelta(days=days), found.why)))


def spoil(folder: Path) -> None:
    """As a bad sector does; the pages of the schema are whole."""
    file = folder / DATABASE
    data = bytearray(file.read_bytes())
    data[8192:] = b"\xa5" * (len(data) - 8192)
    file.write_bytes(data)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A closed project of three images with a box on the first."""
    with make_pool(tmp_path, [BLACK, BLACK, BLACK]) as project:
        draw(project)
    return tmp_path / "project"


def test_the_first_opening_for_writing_of_a_day_keeps_a_copy(folder: Path) -> None:
    for _ in range(2):
        Project.open_for_writing(folder).close()
    assert whys(folder) == ["daily"]
    Project.open(folder, read_only=True).close()
    assert whys(folder) == ["daily"]


def test_the_next_day_has_a_copy_when_something_has_changed(folder: Path) -> None:
    with Project.open_for_writing(folder) as project:
        draw(project, 2)
    age(folder, 1.0)
    Project.open_for_writing(folder).close()
    assert whys(folder) == ["daily", "daily"]
    (made, *_) = backups.listed(folder)
    assert made.counts == backup.Counts(images=3, labeled=0, boxes=2)


def test_a_day_without_a_change_has_no_copy(folder: Path) -> None:
    Project.open_for_writing(folder).close()
    changed = (folder / DATABASE).stat().st_mtime
    # A clock that runs on, and no write since: the copy of two days ago is of what is there.
    (made,) = backup_files.backups(folder)
    older = datetime.fromtimestamp(changed, UTC) + timedelta(seconds=1)
    made.path.rename(made.path.with_name(name_for(min(older, made.made), "daily")))
    with Project.open(folder) as project:
        before(project.folder, Why.IMPORT, project.tell)
    assert len(whys(folder)) == 1


def test_a_copy_of_the_future_counts_for_nothing(folder: Path) -> None:
    Project.open_for_writing(folder).close()
    age(folder, -400)
    Project.open_for_writing(folder).close()
    assert len(whys(folder)) == 2


def test_a_copy_before_a_step_is_of_before_it_even_inside_its_transaction(folder: Path) -> None:
    with Project.open(folder) as project, project.transaction():
        draw(project, 2)
        before(project.folder, Why.CLASSES, project.tell)
        draw(project, 3)
    (made,) = backups.listed(folder)
    assert (made.backup.why, made.counts and made.counts.boxes) == ("before-removing-class", 1)


def test_removing_a_class_keeps_what_there_was(folder: Path) -> None:
    with Project.open(folder) as project:
        extra = project.classes.add("extra")
        remove_class(project, extra.id)
    assert whys(folder) == ["before-removing-class"]
    restore(folder)
    with Project.open(folder) as project:
        assert [c.name for c in project.classes.all()][-1] == "extra"


def test_an_import_and_its_undo_keep_what_there_was(folder: Path) -> None:
    with Project.open(folder) as project:
        dataset = folder.parent / "labels.csv"
        dataset.write_text("image,class,xmin,ymin,xmax,ymax\n001.png,red,1,1,9,9\n")
        import_dataset(project, dataset)
        undo_import(project)
    found = backups.listed(folder)
    assert [one.backup.why for one in found] == ["before-undoing-import", "before-import"]
    assert [one.counts and one.counts.boxes for one in found] == [2, 1]


def test_a_full_disk_is_told_and_stops_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "ROOM", 1 << 60)
    told: list[str] = []
    with Project.open(folder) as project:
        project.tell = told.append
        with project.for_thread() as other:
            before(other.folder, Why.IMPORT, other.tell)
        draw(project, 2)
    assert [sentence.count("no room") for sentence in told] == [1]
    assert boxes(folder) == 2
    assert whys(folder) == []


def test_a_copy_that_is_not_whole_is_none_and_older_ones_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Project.open_for_writing(folder).close()
    kept = whys(folder)
    spoil(folder)
    monkeypatch.setattr(backup_files, "NEWEST", 0)
    with pytest.raises(ProjectError, match="damaged"):
        backup.back_up(folder / DATABASE, "asked")
    assert whys(folder) == kept
    assert [path.name for path in (folder / "backups").iterdir() if path.suffix != ".db"] == []


def some(days: list[tuple[int, int]], sizes: int, why: str = "daily") -> list[Backup]:
    noon = datetime(2026, 6, 1, 12, tzinfo=UTC)
    made = [noon - timedelta(days=day, minutes=minute) for day, minute in sorted(set(days))]
    return [Backup(Path(name_for(at, why)), at, why, sizes) for at in made]


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 300)), max_size=60),
    st.sampled_from([1, 1 << 20, 300 << 20, 5 << 30]),
)
def test_the_newest_ten_and_one_of_each_day_are_kept_within_a_limit(days: list[tuple[int, int]], size: int) -> None:
    listed = some(days, size)
    gone = superfluous(listed)
    kept = [found for found in listed if found not in gone]
    assert kept[:3] == listed[:3]
    assert len(kept) <= 3 or sum(found.size for found in kept) <= 2 << 30
    if size <= 1 << 20:
        assert kept[:10] == listed[:10]
        latest = sorted({found.made.astimezone().date() for found in listed}, reverse=True)[:14]
        assert {found.made.astimezone().date() for found in kept} >= set(latest)
    assert len(kept) <= 24
    assert superfluous(kept) == []


def test_what_a_person_put_among_the_backups_stays(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("mine.db", "20260101-copy.db", "project.db", ".mine.part.db.txt"):
        (folder / "backups" / name).write_text("mine")
    monkeypatch.setattr(backup_files, "NEWEST", 1)
    monkeypatch.setattr(backup_files, "DAYS", 0)
    with Project.open_for_writing(folder) as project:
        for image_id in (1, 2, 3):
            draw(project, image_id)
            before(project.folder, Why.IMPORT, project.tell)
    assert len(whys(folder)) == 1
    assert sum(path.read_bytes() == b"mine" for path in (folder / "backups").iterdir()) == 4


def test_going_back_and_back_again(folder: Path) -> None:
    with Project.open_for_writing(folder) as project:
        draw(project, 2)
        draw(project, 3)
    done = restore(folder)
    assert (done.backup.why, done.notes) == ("daily", ())
    assert boxes(folder) == 1
    restore(folder, done.kept)
    assert boxes(folder) == 3
    restore(folder, f"{done.backup.name}.db")
    assert boxes(folder) == 1


def test_going_back_waits_for_a_project_that_is_open(folder: Path) -> None:
    with Project.open_for_writing(folder) as project:
        with pytest.raises(ReadOnlyProject, match="open in another window"):
            restore(folder)
        draw(project, 2)
    assert boxes(folder) == 2


def test_a_damaged_project_goes_back_to_the_newest_whole_copy(folder: Path) -> None:
    with Project.open_for_writing(folder) as project:
        draw(project, 2)
        before(project.folder, Why.IMPORT, project.tell)
        draw(project, 3)
        before(project.folder, Why.RETRAIN, project.tell)
    newest, *_ = backup_files.backups(folder)
    newest.path.write_bytes(newest.path.read_bytes()[:9000])
    spoil(folder)
    broken = (folder / DATABASE).read_bytes()
    with pytest.raises(ProjectError, match=r"damaged.*boxwright restore"):
        Project.open(folder).labels.counts()
    offered = newest_whole(folder)
    assert offered and offered.counts and offered.counts.boxes == 2
    done = restore(folder)
    assert done.backup == offered.backup
    assert boxes(folder) == 2
    kept = next(found for found in backup_files.backups(folder) if found.name == done.kept)
    assert (kept.why, kept.path.read_bytes()) == ("damaged", broken)


def test_a_damaged_copy_is_not_put_in_place(folder: Path) -> None:
    Project.open_for_writing(folder).close()
    (made,) = backup_files.backups(folder)
    made.path.write_bytes(made.path.read_bytes()[:9000])
    for name in (made.name, None):
        with pytest.raises(ProjectError, match=r"damaged|no backup"):
            restore(folder, name)
    assert boxes(folder) == 1


def test_a_damaged_project_without_a_copy_is_told_so(folder: Path) -> None:
    spoil(folder)
    with pytest.raises(ProjectError, match="There is no backup"):
        Project.open(folder).labels.counts()


def test_a_detector_of_then_that_is_gone_is_not_in_use_after_going_back(folder: Path) -> None:
    with Project.open_for_writing(folder) as project:
        active = project.models.active()
        assert active is not None
    (folder / active.file).unlink()
    done = restore(folder)
    assert [note.count(f"'{active.name}'") for note in done.notes] == [1]
    with Project.open(folder) as project:
        assert project.models.active() is None
        assert [model.name for model in project.models.all()] == [active.name]


def test_image_folders_of_then_that_are_gone_are_told(folder: Path, tmp_path: Path) -> None:
    write_picture(tmp_path / "other" / "a.png", BLACK, 9)
    with Project.open(folder) as project:
        add_folders(project, [tmp_path / "other"])
        before(project.folder, Why.ASKED, project.tell)
    (tmp_path / "other").rename(tmp_path / "elsewhere")
    assert [note.count("'other'") for note in restore(folder).notes] == [1]


def test_an_old_copy_is_brought_up_to_date(folder: Path) -> None:
    from boxwright.store.connection import Store
    from boxwright.store.migrations import migrations, names

    old = folder.parent / "old" / DATABASE
    old.parent.mkdir()
    store = Store(old)
    with store.transaction():
        migrations().apply(store.db, stop_before=names()[-1])
    store.close()
    backup.back_up(old, "daily").rename(folder / "backups" / name_for(datetime.now(UTC), "daily"))
    restore(folder)
    with Project.open(folder) as project:
        assert project.images.counts()["images"] == 0


KILLED_GOING_BACK = """
from boxwright.services.project.restore import restore
for owner, name in ((os, "fsync"), (shutil, "copyfile"), (Path, "replace"), (Path, "unlink"), (Path, "mkdir")):
    counted(owner, name)
restore(Path(sys.argv[1]))
"""


@pytest.mark.slow
@pytest.mark.parametrize("damaged", [False, True])
def test_a_kill_at_any_step_of_going_back_leaves_one_state_or_the_other(folder: Path, damaged: bool) -> None:
    with Project.open_for_writing(folder) as project:
        draw(project, 2)
    if damaged:
        spoil(folder)
    steps = 0
    while killed_at(steps, KILLED_GOING_BACK, folder).returncode == KILLED:
        steps += 1
        assert newest_whole(folder) is not None
        if not damaged:
            assert boxes(folder) in (1, 2)
    assert steps > 3
    assert boxes(folder) == 1
    Project.open_for_writing(folder).close()
    assert [path.name for path in (folder / "backups").glob(".*")] == []
    assert [path.name for path in folder.glob(".*")] == []


def test_daily_does_nothing_for_a_reader(folder: Path) -> None:
    with Project.open(folder, read_only=True) as project:
        project.back_up_today()
    assert whys(folder) == []
