"""The doctor: no probe takes another with it, and what is found is told with what to do."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from tests.conftest import REPOSITORY
from tests.pools import picture

from boxwright.domain.errors import ProjectError
from boxwright.domain.progress import never
from boxwright.services.doctor import examine, probes
from boxwright.services.doctor.check import Check, State, from_json, worst
from boxwright.services.doctor.devices import NvidiaGpus, _cuda
from boxwright.services.doctor.display import check_display, judged
from boxwright.services.doctor.folders import look_at
from boxwright.services.doctor.program import NEEDED
from boxwright.services.doctor.project_check import project
from boxwright.services.doctor.report import Report, Wanted, make_report, without_names
from boxwright.services.doctor.report_file import write_report
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project

HANGS = "import threading; threading.Event().wait()"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project of three images."""
    for number in range(3):
        picture(tmp_path / "pictures" / f"{number}.png", number)
    with Project.create(tmp_path / "project", ["nut", "bolt"]) as made:
        add_folders(made, [tmp_path / "pictures"])
    return tmp_path / "project"


def found(folder: Path) -> dict[str, Check]:
    return {check.name: check for check in project(str(folder))}


def states(folder: Path) -> dict[str, State]:
    """Of those that are not ok."""
    return {name: check.state for name, check in found(folder).items() if check.state is not State.OK}


def test_a_check_survives_the_way_out_of_its_process() -> None:
    check = Check("Project", "Boxes", State.WARNING, "3.", "Look.", ("a", "b"), ("nut: 3",))
    assert from_json(check.to_json()) == check
    assert worst([check, Check("a", "b", State.OK, "")]) is State.WARNING


def test_a_whole_project_lacks_only_a_backup(folder: Path) -> None:
    assert states(folder) == {"Backups": State.WARNING}
    assert found(folder)["Images"].says.startswith("3: 0 labelled")
    assert found(folder)["Boxes"].classes == ("nut: 0 boxes", "bolt: 0 boxes")


def test_a_file_that_is_gone_is_named_apart(folder: Path) -> None:
    (folder.parent / "pictures" / "1.png").unlink()
    check = found(folder)["Image files"]
    assert (check.state, check.names) == (State.WARNING, ("pictures: 1.png",))
    assert "1.png" not in check.says + check.todo


def test_a_folder_of_images_that_is_gone_is_a_problem_and_its_images_are_not_counted_one_by_one(folder: Path) -> None:
    (folder.parent / "pictures").rename(folder.parent / "elsewhere")
    assert states(folder) == {"Image folders": State.PROBLEM, "Backups": State.WARNING}
    assert "--move-root" in found(folder)["Image folders"].todo


def test_a_damaged_project_file_is_told_with_the_way_back(folder: Path) -> None:
    data = bytearray((folder / "project.db").read_bytes())
    data[4096 : 4096 * 4] = b"\x55" * 4096 * 3
    (folder / "project.db").write_bytes(data)
    check = found(folder)["File"]
    assert check.state is State.PROBLEM
    assert "boxwright restore" in check.todo


def test_no_project_is_a_problem_of_one_line(tmp_path: Path) -> None:
    assert states(tmp_path / "nowhere") == {"Project": State.PROBLEM}


def test_every_library_that_the_program_requires_is_looked_for() -> None:
    required = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    # ONNX Runtime comes in two packages; another probe tells which is there.
    wanted = {Requirement(line).name.lower() for line in required if not line.startswith("onnxruntime")}
    assert {name.lower() for name in NEEDED} == wanted


def test_a_folder_that_cannot_be_written_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert look_at("Folders", "Cache", tmp_path / "new" / "deep").state is State.OK
    assert not (tmp_path / "new").exists()
    assert look_at("Folders", "Cache", Path("/proc/nowhere")).state is State.PROBLEM


def library(folder: Path, name: str, body: str) -> str:
    """A package of that name that is found before the real one: what to put on PYTHONPATH."""
    folder.mkdir()
    (folder / f"{name}.py").write_text(body)
    return str(folder)


def test_a_library_that_ends_the_process_takes_no_other_probe_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONPATH", library(tmp_path / "broken", "cv2", "import os; os.abort()"))
    monkeypatch.setattr(examine, "PROBES", {name: probes.PROBES[name] for name in ("opencv", "machine")})
    checks = {check.name: check for check in examine.examine()}
    assert checks["Look at opencv"].state is State.PROBLEM
    assert checks["Memory"].says.endswith("GiB.")


def test_a_library_that_never_answers_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", library(tmp_path / "stuck", "cv2", HANGS))
    (check,) = examine._in_child("opencv", "", 0.5, never)
    assert check.state is State.PROBLEM
    assert "no answer" in check.says


def test_a_window_that_never_starts_is_given_up() -> None:
    assert "did not start" in check_display([sys.executable, "-c", HANGS], 0.5).says


def test_qt_that_ends_its_process_leaves_what_the_system_lacks() -> None:
    program = (
        'import os, sys; print(\'{"qt": "6.9"}\', flush=True);'
        "print('libxcb-cursor.so.0: cannot open shared object file', file=sys.stderr, flush=True); os.abort()"
    )
    check = check_display([sys.executable, "-c", program], 600)
    assert check.state is State.PROBLEM
    assert check.says == "Qt 6.9 does not start: the system lacks libxcb-cursor.so.0."


STARTED = {"qt": "6.9", "missing": [], "platform": "xcb", "screens": "screen 1366 × 768 at 100%"}


@pytest.mark.parametrize(
    ("facts", "display", "state"),
    [
        (STARTED, True, State.OK),
        (STARTED | {"platform": "offscreen"}, False, State.WARNING),
        (STARTED | {"platform": "offscreen", "missing": ["libxcb-cursor.so.0"]}, False, State.PROBLEM),
        (STARTED | {"platform": "wayland", "missing": ["libxcb-cursor.so.0"]}, True, State.OK),
        ({"qt": "6.9"}, True, State.PROBLEM),
        ({}, False, State.PROBLEM),
    ],
)
def test_what_qt_said_is_judged(facts: dict[str, object], display: bool, state: State) -> None:
    assert judged(facts, "", display).state is state


@pytest.mark.parametrize(
    ("offered", "gpus", "wanted"),
    [
        (True, NvidiaGpus((), card=False), [("GPU", State.OK)]),
        (True, NvidiaGpus((), card=True), [("GPU", State.WARNING)]),
        (False, NvidiaGpus(("A card, 8 GiB, 555",), card=True), [("GPU", State.OK), ("CUDA", State.WARNING)]),
    ],
)
def test_a_gpu_that_is_not_used_is_told_with_the_line_to_type(
    offered: bool, gpus: NvidiaGpus, wanted: list[tuple[str, State]]
) -> None:
    checks = _cuda(offered, gpus)
    assert [(check.name, check.state) for check in checks] == wanted
    assert all(check.todo for check in checks if check.state is State.WARNING)


def report_of(wanted: Wanted) -> str:
    check = Check("Project", "Boxes", State.OK, "3.", "Look.", ("a folder",), ("nut: 3",))
    return make_report([check], wanted).text


@pytest.mark.parametrize(
    ("wanted", "named"),
    [
        (Wanted(), (False, False)),
        (Wanted(names=True), (True, False)),
        (Wanted(classes=True), (False, True)),
        (Wanted(names=True, classes=True), (True, True)),
    ],
)
def test_names_of_each_kind_come_into_a_report_by_themselves(wanted: Wanted, named: tuple[bool, bool]) -> None:
    text = report_of(wanted)
    assert ("a folder" in text, "nut: 3" in text) == named


def test_a_report_that_cannot_be_written_leaves_the_one_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "report.zip").mkdir()
    with pytest.raises(ProjectError, match=r"report\.zip"):
        write_report(Report("first", ""), tmp_path / "report.zip")
    assert [path.name for path in tmp_path.iterdir()] == ["report.zip"]


@pytest.mark.parametrize("name", ["report.zip", "report.txt"])
def test_a_name_that_is_no_text_can_be_in_a_report(tmp_path: Path, name: str) -> None:
    write_report(Report("half of a letter: \ud83d", ""), tmp_path / name)
    assert (tmp_path / name).stat().st_size > 0


@pytest.mark.parametrize(
    "path", ["/data/qzx/photo 1", "~/qzx/y", r"C:\qzx\y", r"\\server\qzx", "(/mnt/qzx/a.png)", "file:///mnt/qzx/b"]
)
def test_a_path_that_came_into_a_sentence_does_not_leave(path: str) -> None:
    assert "qzx" not in without_names(f"It lies in {path}, and 3/4 of it is read.")
    assert "3/4 of it is read." in without_names(f"It lies in {path}, and 3/4 of it is read.")
