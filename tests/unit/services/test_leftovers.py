"""What kills leave: cleared at the next opening for writing, and never what is in use or somebody else's."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from tests.colours import BLACK, make_pool, write_picture, write_pictures
from tests.files import put
from tests.killing import KILLED, killed_at

from boxwright.cli.app import run
from boxwright.config.lock import WriterLock
from boxwright.domain.errors import ProjectError
from boxwright.formats.staging import staged
from boxwright.services.child import FOLDERS, OWNER
from boxwright.services.project.layout import DATABASE, MAKING
from boxwright.services.project.leftovers import remove_job_folders
from boxwright.services.project.project import Project


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    make_pool(tmp_path, [BLACK, BLACK]).close()
    return tmp_path / "project"


def test_parts_are_cleared_and_other_files_stay(folder: Path) -> None:
    gone = [
        put(folder / "backups" / ".20260101-000000-000000-daily.0123456789ab.part.db"),
        put(folder / ".project.0123456789ab.part.db"),
        put(folder / "models" / "colours" / ".colours.card.0123456789ab.part.json"),
        put(folder / "cache" / "features" / f".{'0' * 32}.part"),
        put(folder / "imports" / ".part-0123456789ab" / "a.txt"),
        put(folder / "imports" / "half" / "a.txt"),
        put(folder / "imports" / ".arriving-half"),
        put(folder / "exports" / ".coco.0123456789ab.part" / "a.txt"),
        put(folder / "exports" / ".coco.0123456789ab.lock"),
    ]
    mine = [
        put(folder / "models" / ".mine.part.json"),
        put(folder / "models" / "colours" / "notes.part"),
        put(folder / "imports" / "set" / "a.txt"),
        put(folder / "exports" / ".coco.part" / "a.txt"),
        put(folder / "exports" / ".coco.ffffffffffff.part" / "a.txt"),
        put(folder / "backups" / ".mine.part.db.txt"),
    ]
    Project.open(folder, read_only=True).close()
    assert all(path.exists() for path in gone), "a reader clears nothing"
    Project.open(folder).close()
    assert [str(path) for path in gone if path.exists()] == []
    assert [str(path) for path in mine if not path.exists()] == []


def test_an_earlier_export_that_was_put_aside_is_back(folder: Path) -> None:
    put(folder / "exports" / ".coco.0123456789ab.old" / "labels.json", "earlier")
    put(folder / "exports" / ".coco.0123456789ab.lock")
    Project.open(folder).close()
    assert (folder / "exports" / "coco" / "labels.json").read_text() == "earlier"
    assert [path.name for path in (folder / "exports").iterdir()] == ["coco"]


def test_an_export_that_runs_is_left_alone(folder: Path) -> None:
    with staged(folder / "exports" / "coco", "coco") as staging:
        staging.write("labels.json", b"{}")
        Project.open(folder).close()
        staging.write("more.json", b"{}")
    assert sorted(path.name for path in (folder / "exports" / "coco").glob("*.json")) == ["labels.json", "more.json"]
    assert [path.name for path in (folder / "exports").iterdir()] == ["coco"]


def test_an_import_that_arrived_stays(folder: Path, tmp_path: Path) -> None:
    picture = write_picture(tmp_path / "new.png", BLACK, 9)
    with zipfile.ZipFile(tmp_path / "set.zip", "w") as archive:
        archive.write(picture, "set/new.png")
        archive.writestr("set/labels.csv", "image,class,xmin,ymin,xmax,ymax\nnew.png,red,1,1,9,9\n")
    assert run(["import", str(folder), str(tmp_path / "set.zip")]) == 0
    (folder / "imports" / ".arriving-set").touch()
    with Project.open(folder) as project:
        assert all(project.images.file(i).is_file() for i in project.images.ids().tolist())
    assert [path.name for path in (folder / "imports").iterdir()] == ["set"]


@pytest.mark.parametrize("name", ["models", "imports", "exports", "backups"])
def test_nothing_is_cleared_behind_a_link(folder: Path, tmp_path: Path, name: str) -> None:
    """In a project of somebody else's."""
    outside = tmp_path / "outside"
    kept = [
        put(outside / "precious" / ".adding"),
        put(outside / ".part-0123456789ab" / "a.txt"),
        put(outside / "half" / "a.txt"),
        put(outside / ".arriving-half"),
        put(outside / ".coco.0123456789ab.part" / "a.txt"),
        put(outside / ".coco.0123456789ab.lock"),
        put(outside / ".20260101-000000-000000-daily.0123456789ab.part.db"),
        put(outside / "colours" / ".x.0123456789ab.part.json"),
    ]
    if (folder / name).exists():
        (folder / name).rename(folder / "aside")
    (folder / name).symlink_to(outside)
    Project.open(folder).close()
    assert [str(path) for path in kept if not path.exists()] == []


def test_a_mark_that_leads_out_removes_nothing(folder: Path) -> None:
    for name in (".arriving-..", ".arriving-."):
        put(folder / "imports" / name)
    Project.open(folder).close()
    Project.open(folder).close()


def test_job_folders_of_programs_that_ended_are_cleared(tmp_path: Path) -> None:
    dead, running, fresh, other = (tmp_path / f"{FOLDERS}{name}" for name in ("dead", "runs", "fresh", "other"))
    for made in (dead, running, fresh):
        put(made / OWNER)
    put(other / "job.json")
    lock = WriterLock(running / OWNER)
    assert lock.acquire()
    for made in (dead, running, other):
        os.utime(made, (0, 0))
    remove_job_folders(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(p.name for p in (running, fresh, other))
    lock.release()


def test_a_job_leaves_its_folder_only_when_it_is_killed_with_its_program(tmp_path: Path) -> None:
    program = (
        "import os, sys, tempfile; tempfile.tempdir = sys.argv[1]\n"
        "from boxwright.services.child import Job\n"
        "job = Job('device', {'project': sys.argv[1], 'model': 1, 'device': 'cpu'}, print, print, print)\n"
        "os.kill(job.pid, 9); os._exit(0)\n"
    )
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=True, capture_output=True)
    (left,) = tmp_path.iterdir()
    os.utime(left, (0, 0))
    remove_job_folders(tmp_path)
    assert list(tmp_path.iterdir()) == []


KILLED_MAKING = """
import boxwright.store.connection as connection
from boxwright.cli.app import run
counted(connection.Store, "transaction")
counted(Path, "mkdir", "write_text", "unlink")
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.slow
def test_a_kill_at_any_step_of_init_leaves_what_the_next_init_takes(tmp_path: Path) -> None:
    pictures = write_pictures(tmp_path / "pictures", [BLACK, BLACK, BLACK])
    put(pictures / "labels.csv", "image,class,xmin,ymin,xmax,ymax\n001.png,red,1,1,9,9\n")
    mine = put(tmp_path / "project" / "mine.txt", "mine")
    words = ["init", str(tmp_path / "project"), "--images", str(pictures), "--labels", str(pictures / "labels.csv")]
    step = 0
    while True:
        ended = killed_at(step, KILLED_MAKING, *words)
        if ended.returncode != KILLED:
            break
        step += 1
    assert (step > 5, ended.returncode) == (True, 0), ended.stderr
    with Project.open(tmp_path / "project") as project:
        assert project.images.counts()["labeled"] == 1
        assert not (tmp_path / "project" / MAKING).exists()
    assert mine.read_text() == "mine"
    assert run(words) == 1, "a whole project is not made again"


def test_a_half_made_project_that_somebody_works_in_is_not_made_anew(tmp_path: Path) -> None:
    pictures = write_pictures(tmp_path / "pictures", [BLACK])
    project = Project.create(tmp_path / "project", ["a"], filled=False)
    project.store.close()
    assert project._lock is not None
    project._lock.release()
    Project.open(tmp_path / "project").close()
    assert run(["init", str(tmp_path / "project"), "--images", str(pictures)]) == 1


def test_an_empty_project_file_is_no_project(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / DATABASE).write_bytes(b"")
    for words in (["status", str(folder)], ["add", str(folder), str(folder.parent / "pictures")]):
        assert run(words) == 1
        assert "damaged or is no project" in capsys.readouterr().err
    (folder / MAKING).touch()
    with pytest.raises(ProjectError, match="boxwright init"):
        Project.open(folder)


def test_a_temporary_folder_that_cannot_be_listed_is_no_obstacle(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(folder / "nowhere"))
    Project.open(folder).close()
