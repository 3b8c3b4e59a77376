from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from sqlite3 import IntegrityError

import pytest
from tests.labelling import make_project
from tests.small_disk import small_disk

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add
from boxwright.domain.errors import ProjectError, ReadOnlyProject
from boxwright.services.project import writer
from boxwright.services.project.label_edit import LabelEdit
from boxwright.services.project.project import Project
from boxwright.services.project.writer import WriteQueue
from boxwright.store.errors import StorageError
from boxwright.store.settings import SettingRepository

PAGES = "PRAGMA max_page_count"


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    with Project.create(tmp_path / "p") as made:
        yield made


@pytest.fixture
def queue(project: Project) -> Iterator[WriteQueue]:
    made = WriteQueue(project)
    yield made
    made.close()


def names(project: Project) -> list[str]:
    return [c.name for c in project.classes.all()]


def added(project: Project, name: str) -> int:
    return project.classes.add(name).id


def filled(project: Project, key: str, length: int) -> None:
    SettingRepository(project.store)[key] = "x" * length


def test_functions_run_in_order_and_are_committed_one_by_one(project: Project, queue: WriteQueue) -> None:
    futures = [queue.submit(partial(added, name=f"c{n}")) for n in range(30)]
    assert futures[4].result() == 5
    assert names(project)[:5] == ["c0", "c1", "c2", "c3", "c4"]
    assert queue.flush()
    assert [f.result() for f in futures] == list(range(1, 31))
    assert names(project) == [f"c{n}" for n in range(30)]
    assert queue.pending == 0


def test_they_run_on_one_thread_that_is_not_this_one(queue: WriteQueue) -> None:
    threads = {queue.submit(lambda _: threading.get_ident()).result() for _ in range(5)}
    assert len(threads) == 1
    assert threading.get_ident() not in threads


def test_a_function_is_one_transaction(project: Project, queue: WriteQueue) -> None:
    def half(p: Project) -> None:
        p.classes.add("first")
        raise ProjectError("no")

    sentences: list[str] = []
    queue.on_error = sentences.append
    with pytest.raises(ProjectError, match="no"):
        queue.submit(half).result()
    assert queue.submit(lambda p: p.classes.add("next").name).result() == "next"
    assert names(project) == ["next"]
    assert sentences == [], "the one who asked is told through the future"


def test_a_fault_in_a_function_reaches_who_asked_and_does_not_stop_the_queue(
    project: Project, queue: WriteQueue, caplog: pytest.LogCaptureFixture
) -> None:
    sentences: list[str] = []
    queue.on_error = sentences.append
    wrong = queue.submit(lambda _: 1 / 0)
    queue.submit(lambda p: p.classes.add("after"))
    assert queue.flush()
    assert names(project) == ["after"]
    assert isinstance(wrong.exception(), ZeroDivisionError)
    assert not sentences
    assert "ZeroDivisionError" in caplog.text


def test_without_room_the_edits_wait_in_order(project: Project, queue: WriteQueue) -> None:
    """The file's greatest size stands for the disk; room is made on the queue's thread, which has the connection."""
    sentences: list[str] = []
    recovered = threading.Event()

    def fill(p: Project) -> None:
        def tell(sentence: str) -> None:
            sentences.append(sentence)
            waiting.set()
            assert may_go_on.wait()
            p.store.value(f"{PAGES}=100000")

        queue.on_error = tell
        p.store.value(f"{PAGES}={p.store.value('PRAGMA page_count')}")

    waiting, may_go_on = threading.Event(), threading.Event()
    queue.on_recovered = recovered.set
    queue.submit(fill).result()
    edits = [queue.submit(partial(filled, key=f"k{n}", length=50_000)) for n in range(3)]
    assert waiting.wait()
    assert (queue.pending, dict(SettingRepository(project.store))) == (3, {})
    may_go_on.set()
    assert edits[-1].result() is None
    assert recovered.wait()
    assert list(SettingRepository(project.store)) == ["k0", "k1", "k2"]
    assert len(sentences) == 1
    assert sentences[0].startswith("New edits are not saved. There is no room left on the disk")


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", "3m") as mounted:
        yield mounted


def test_a_really_full_disk_loses_nothing(disk: Path) -> None:
    project = Project.create(disk / "p")
    queue = WriteQueue(project)
    told, sentences = threading.Event(), list[str]()
    queue.on_error = lambda sentence: (sentences.append(sentence), told.set())[1]
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
        while True:
            file.write(b"x" * 4096)
    first = [queue.submit(partial(filled, key=f"k{n}", length=20_000)) for n in range(10)]
    assert told.wait()
    assert not queue.flush(), "it says that not everything is saved"
    unsaved = [f for f in first if not f.done()]
    assert queue.pending == len(unsaved) > 0
    ballast.unlink()
    last = queue.submit(lambda p: SettingRepository(p.store).update(last=True))
    assert last.result() is None
    assert list(SettingRepository(project.store)) == [*(f"k{n}" for n in range(10)), "last"]
    assert "no room left" in sentences[0]
    assert queue.close()
    project.close()


def test_closing_saves_what_is_left(project: Project) -> None:
    queue = WriteQueue(project)
    for n in range(50):
        queue.submit(partial(added, name=f"c{n}"))
    assert queue.close()
    assert len(names(project)) == 50
    with pytest.raises(RuntimeError):
        queue.submit(names)


def test_closing_while_the_disk_refuses_says_so_and_ends(project: Project) -> None:
    queue = WriteQueue(project)
    queue.on_error = lambda _: None
    queue.submit(lambda p: p.store.value(f"{PAGES}={p.store.value('PRAGMA page_count')}"))
    lost = queue.submit(lambda p: SettingRepository(p.store).update(k="x" * 50_000))
    assert not queue.close()
    with pytest.raises(StorageError, match="no room left"):
        lost.result()


def test_a_cancelled_function_is_left_out(project: Project, queue: WriteQueue) -> None:
    begun, hold = threading.Event(), threading.Event()
    running = queue.submit(lambda _: begun.set() or hold.wait())
    assert begun.wait()
    unwanted = queue.submit(lambda p: p.classes.add("unwanted"))
    wanted = queue.submit(lambda p: p.classes.add("wanted").name)
    assert unwanted.cancel()
    assert not running.cancel(), "what has begun is not taken back"
    hold.set()
    assert wanted.result() == "wanted"
    assert names(project) == ["wanted"]


def test_there_is_no_queue_for_a_project_that_can_only_be_read(project: Project) -> None:
    with Project.open(project.folder) as reader, pytest.raises(ReadOnlyProject):
        WriteQueue(reader)


REFUSING = "CREATE TRIGGER no BEFORE UPDATE ON image BEGIN SELECT RAISE(ABORT, 'refused'); END"


@pytest.fixture
def labelled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Project, WriteQueue]]:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.05)
    with make_project(tmp_path / "labelled") as project:
        queue = WriteQueue(project)
        yield project, queue
        queue.close()


def edit(at: int, image_id: int = 1) -> LabelEdit:
    return LabelEdit(image_id, add(drawn(Box(at, 0, at + 10, 10), 1)))


def test_an_edit_that_is_refused_keeps_its_place_and_what_came_after_it(labelled: tuple[Project, WriteQueue]) -> None:
    project, queue = labelled
    told = threading.Event()
    queue.on_error = lambda _: told.set()
    queue.submit(lambda p: p.store.write(REFUSING)).result()
    edits = [queue.submit(edit(at)) for at in (0, 20)]
    assert told.wait()
    assert not queue.flush(30)
    assert queue.refused is not None and "refused" in str(queue.refused)
    assert len(queue.unsaved) == 2
    assert not any(future.done() for future in edits)
    with pytest.raises(StorageError, match="refused"):
        queue.submit(lambda p: p.classes.add("later")).result()
    with project.transaction():
        project.store.write("DROP TRIGGER no")
    assert [future.result() for future in edits] == [None, None]
    assert queue.flush(30)
    assert queue.refused is None
    boxes = [a.box.x1 for a in project.labels.load(1).annotations.values()]
    assert boxes == [0, 20], "each once, in order"


def test_what_waits_behind_a_refused_edit_is_told_that_it_failed(labelled: tuple[Project, WriteQueue]) -> None:
    project, queue = labelled
    queue.on_error = lambda _: None
    begun, hold = threading.Event(), threading.Event()
    queue.submit(lambda _: begun.set() or hold.wait())
    assert begun.wait()
    queue.submit(lambda p: p.store.write(REFUSING))
    queue.submit(edit(0))
    behind = queue.submit(lambda p: p.classes.add("behind"))
    hold.set()
    with pytest.raises(StorageError, match="refused"):
        behind.result()
    assert "behind" not in names(project)
    with project.transaction():
        project.store.write("DROP TRIGGER no")


def test_a_refused_request_does_not_stop_edits(labelled: tuple[Project, WriteQueue]) -> None:
    project, queue = labelled
    queue.submit(lambda p: p.store.write(REFUSING)).result()
    with pytest.raises(IntegrityError):
        queue.submit(lambda p: p.store.write("UPDATE image SET note = 'x'")).result()
    assert queue.refused is None
    with project.transaction():
        project.store.write("DROP TRIGGER no")
    assert queue.submit(edit(0)).result() is None


@pytest.mark.skipif(sys.platform == "win32", reason="there an open file cannot be taken away")
def test_a_file_that_is_gone_is_noticed_without_a_write(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer, "RETRY_SECONDS", 0.05)
    queue, told = WriteQueue(project), threading.Event()
    queue.on_error = lambda _: told.set()
    queue.submit(lambda p: p.classes.add("one")).result()
    home = project.folder.with_name("elsewhere")
    project.folder.rename(home)
    assert told.wait()
    assert "is gone" in str(queue.refused)
    assert not (project.folder / "project.db").exists(), "nothing is made in its place"
    back = threading.Event()
    queue.on_recovered = back.set
    home.rename(project.folder)
    assert back.wait()
    assert queue.submit(lambda p: p.classes.add("two").name).result() == "two"
    queue.close()
    assert names(project) == ["one", "two"]
