"""An export in a child process: its result is that of the command, and a killed one leaves what was there."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from tests.pools import make_pool

from boxwright.domain.errors import BoxwrightError, Cancelled
from boxwright.domain.image_filter import ImageFilter
from boxwright.domain.progress import Progress
from boxwright.formats.staging import ImageMode
from boxwright.services.exporting.dataset import export_dataset
from boxwright.services.exporting.job import start_export
from boxwright.services.exporting.plan import ExportResult
from boxwright.services.exporting.request import ExportRequest

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    with make_pool(tmp_path) as project:
        return project.folder


class Heard:
    def __init__(self) -> None:
        self.results: list[ExportResult] = []
        self.errors: list[BoxwrightError] = []
        self.progress: list[Progress] = []
        self.began = threading.Event()

    def report(self, progress: Progress) -> None:
        self.progress.append(progress)
        self.began.set()


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def test_the_child_writes_what_the_command_writes(folder: Path, tmp_path: Path) -> None:
    request = ExportRequest(tmp_path / "out", "voc", ImageMode.LINK, ImageFilter(unlabeled=True))
    assert ExportRequest.from_json(request.to_json()) == request
    heard = Heard()
    job = start_export(folder, request, heard.report, heard.results.append, heard.errors.append)
    assert job.wait()
    assert heard.errors == []
    (result,) = heard.results
    assert result.images == 4
    assert heard.progress[-1].total == 4
    from boxwright.services.project.project import Project

    with Project.open(folder, read_only=True) as project:
        export_dataset(project, tmp_path / "two", "voc", ImageMode.LINK, ImageFilter(unlabeled=True))
    assert tree(tmp_path / "out") == tree(tmp_path / "two")


@pytest.mark.parametrize("earlier", [True, False])
def test_a_cancelled_child_leaves_what_was_there_and_nothing_beside_it(
    folder: Path, tmp_path: Path, earlier: bool
) -> None:
    out = tmp_path / "exports" / "out"
    out.parent.mkdir()
    heard = Heard()
    request = ExportRequest(out, "yolo")
    if earlier:
        start_export(folder, request, heard.report, heard.results.append, heard.errors.append).wait()
    before = tree(out)
    heard = Heard()
    job = start_export(folder, request, heard.report, heard.results.append, heard.errors.append)
    job.cancel()
    assert job.wait()
    assert [type(error) for error in heard.errors] == [Cancelled]
    assert tree(out) == before
    assert [p.name for p in out.parent.iterdir()] == (["out"] if earlier else [])


def test_a_refusal_is_one_sentence_of_the_child(folder: Path, tmp_path: Path) -> None:
    heard = Heard()
    request = ExportRequest(folder, "coco")
    start_export(folder, request, heard.report, heard.results.append, heard.errors.append).wait()
    assert "not an earlier export" in str(heard.errors[0])
