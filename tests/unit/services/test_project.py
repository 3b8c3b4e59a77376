from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from boxwright.domain.errors import ProjectError, ReadOnlyProject
from boxwright.services.project.layout import DATABASE, FOLDERS, LOCK
from boxwright.services.project.project import Project
from boxwright.store.backup import back_up
from boxwright.store.connection import Store
from boxwright.store.migrations import migrations
from boxwright.store.settings import SettingRepository


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """With what means something in a URI, in SQL and on a command line."""
    return tmp_path / "a project? 100% 'größer' #1"


def test_a_new_project_has_its_folders_and_classes(folder: Path) -> None:
    with Project.create(folder, ["cat", "dog"]) as project:
        assert not project.read_only
        assert project.read_only_reason == ""
    assert {p.name for p in folder.iterdir()} == {DATABASE, LOCK, *FOLDERS}
    with Project.open(folder) as project:
        assert [c.name for c in project.classes.all()] == ["cat", "dog"]


def test_a_folder_that_holds_a_project_is_refused(folder: Path) -> None:
    Project.create(folder).close()
    before = (folder / DATABASE).read_bytes()
    with pytest.raises(ProjectError, match="already a project"):
        Project.create(folder)
    assert (folder / DATABASE).read_bytes() == before


def test_creating_in_a_folder_with_other_files_keeps_them_when_it_fails(folder: Path) -> None:
    (folder / "models").mkdir(parents=True)
    (folder / "models" / "own.onnx").write_text("mine")
    with pytest.raises(ProjectError, match="not empty"):
        Project.create(folder, ["cat", " "])
    assert sorted(str(p.relative_to(folder)) for p in folder.rglob("*")) == ["models", "models/own.onnx"]


def test_a_failed_creation_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectError):
        Project.create(tmp_path / "deep" / "er", [""])
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProjectError, match="No project could be made"):
        Project.create(tmp_path / "file" / "project")


def test_no_project_is_told_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(ProjectError, match="no project in"):
        Project.open(tmp_path)
    assert list(tmp_path.iterdir()) == [], "looking leaves nothing behind"


def test_a_damaged_project_file_is_told_in_a_sentence_and_frees_the_lock(folder: Path) -> None:
    Project.create(folder).close()
    whole = (folder / DATABASE).read_bytes()
    (folder / DATABASE).write_bytes(b"x" * 5000)
    with pytest.raises(ProjectError, match="backups"):
        Project.open(folder)
    (folder / DATABASE).write_bytes(whole)
    with Project.open(folder) as project:
        assert not project.read_only


def test_the_second_window_reads_and_says_why(folder: Path) -> None:
    first = Project.create(folder, ["cat"])
    second = Project.open(folder)
    assert second.read_only
    assert f"process {os.getpid()}" in second.read_only_reason
    assert [c.name for c in second.classes.all()] == ["cat"]
    first.classes.add("dog")
    assert len(second.classes.all()) == 2, "it sees what the first one does"
    with pytest.raises(ReadOnlyProject, match="open in another window"):
        second.classes.add("cow")
    with pytest.raises(ReadOnlyProject, match="close the other one"):
        Project.open_for_writing(folder)
    first.close()
    with Project.open_for_writing(folder) as third:
        third.classes.add("cow")
    second.close()


def test_asking_for_reading_takes_no_lock(folder: Path) -> None:
    Project.create(folder).close()
    with Project.open(folder, read_only=True) as reader, Project.open(folder) as writer:
        assert (reader.read_only, writer.read_only) == (True, False)


def test_the_lock_ends_with_its_process(folder: Path) -> None:
    Project.create(folder).close()
    code = (
        "import sys, pathlib; from boxwright.services.project.project import Project; "
        f"p = Project.open(pathlib.Path({str(folder)!r})); print(p.read_only, flush=True); sys.stdin.read()"
    )
    holder = subprocess.Popen([sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin
    assert holder.stdout
    assert holder.stdout.readline() == "False\n"
    with Project.open(folder) as project:
        assert f"process {holder.pid}" in project.read_only_reason
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    with Project.open(folder) as project:
        assert not project.read_only


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="needs root to become somebody else")
def test_a_folder_that_cannot_be_written_opens_for_reading_and_says_so(folder: Path) -> None:
    Project.create(folder, ["cat"]).close()
    for parent in folder.parents[:3]:
        parent.chmod(0o755)
    code = (
        "import os, pathlib; from boxwright.services.project.project import Project; os.seteuid(65534); "
        f"p = Project.open(pathlib.Path({str(folder)!r})); print(p.read_only_reason); print(p.classes.all()[0].name)"
    )
    shown = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "cannot be written (permission denied)" in shown
    assert shown.splitlines()[-1] == "cat"


def test_each_thread_has_its_own_connection_to_the_same_project(folder: Path) -> None:
    project = Project.create(folder)
    seen: list[str] = []

    def work() -> None:
        with project.for_thread() as mine:
            mine.classes.add("from a thread")
            seen.extend(c.name for c in mine.classes.all())

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert seen == ["from a thread"]
    assert [c.name for c in project.classes.all()] == seen
    with Project.open(folder) as second:
        assert second.read_only, "closing a thread's project does not give the lock away"
    project.close()


def test_a_readers_thread_reads_only(folder: Path) -> None:
    with (
        Project.create(folder),
        Project.open(folder) as reader,
        reader.for_thread() as mine,
        pytest.raises(ReadOnlyProject, match="open in another window"),
    ):
        mine.classes.add("x")


def test_opening_brings_an_old_project_up_to_date(folder: Path) -> None:
    folder.mkdir()
    store = Store(folder / DATABASE)
    with store.transaction():
        migrations().apply(store.db, stop_before="m009_settings")
    store.close()
    with Project.open(folder) as project:
        stored = SettingRepository(project.store)
        stored["key"] = [1, None]
        assert dict(stored) == {"key": [1, None]}


def test_a_backup_put_in_place_of_the_project_file_is_the_project(folder: Path) -> None:
    with Project.create(folder, ["cat"]) as project:
        copy = back_up(folder / DATABASE, "asked")
        project.classes.add("dog")
    copy.replace(folder / DATABASE)
    with Project.open(folder) as project:
        assert [c.name for c in project.classes.all()] == ["cat"]


def test_a_project_that_moved_with_its_images_finds_them(folder: Path, tmp_path: Path) -> None:
    with Project.create(folder) as project:
        project.roots.add(folder / "images")
    folder.rename(tmp_path / "elsewhere")
    with Project.open(tmp_path / "elsewhere") as project:
        assert project.roots.all()[0].folder == tmp_path / "elsewhere" / "images"
