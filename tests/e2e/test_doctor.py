"""The doctor as it is typed, and its report: no name of a person's is in it unless it was asked for."""

from __future__ import annotations

import json
import logging
import socket
import zipfile
from pathlib import Path

import pytest
from tests.pools import label, picture

from boxwright.cli.app import Launchers, run
from boxwright.config.logging import keep_in_log, start_logging, stop_logging
from boxwright.domain.box import Box
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import ProjectError
from boxwright.domain.prediction import ProbKind
from boxwright.services.child import Job
from boxwright.services.images.scan import add_folders
from boxwright.services.project.project import Project
from boxwright.ui.help.display_check import COMMAND

IMAGES = ("qzfolder11", "qzphoto22", "qzgone33", "qzdetector44", "qzproject55", "qzhome66", "qzbroken77")
CLASSES = ("qzclass88", "qz class 99")
PERSON = "qzperson00"
LAUNCHERS = Launchers(lambda _: 0, lambda *_: {}, COMMAND)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with something of everything that has a name, and a log that tells of it."""
    folder, photo, gone, detector, name, home, broken = IMAGES
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path / home))
    for variable in ("LOGNAME", "USER", "USERNAME"):
        monkeypatch.setenv(variable, PERSON)
    pictures = tmp_path / folder
    for number, word in enumerate((photo, gone)):
        picture(pictures / f"{word}.png", number)
    (pictures / f"{broken}.jpg").write_bytes(b"no picture")
    with Project.create(tmp_path / name, CLASSES) as made:
        add_folders(made, [pictures])
        label(made, f"{photo}.png", (CLASSES[0], Box(1, 1, 20, 20)), by=PERSON)
        card = DetectorCard("yolov8", ProbKind.SIGMOID, CLASSES, InputSpec(320, 320))
        with made.transaction():
            file = f"models/{detector}.onnx"
            made.models.activate(made.models.add(name=detector, file=file, sha256="0" * 64, card=card, class_map={}).id)
    (pictures / f"{gone}.png").unlink()
    tell(tmp_path / name, pictures / f"{photo}.png")
    return tmp_path / name


def tell(project: Path, image: Path) -> None:
    """Into the log: of a class, of an image, of an error with a path, and of a child that fails."""
    start_logging(to_file=True, stderr_level=logging.CRITICAL)
    log = logging.getLogger("boxwright.ui.project.task")
    log.info("The class %s is on %s", CLASSES[0], image)
    keep_in_log(f"{PERSON} could not open it", ProjectError("{0} cannot be read: {1}", image, CLASSES[1]))
    Job(
        "inspect", {"file": str(image), "said": {}}, lambda *_: None, print, lambda e: log.error("It said: %s", e)
    ).wait()
    try:
        (project / CLASSES[0]).read_bytes()
    except OSError as error:
        log.error("%s failed", project.name, exc_info=error)
    stop_logging()


def texts(file: Path) -> dict[str, str]:
    with zipfile.ZipFile(file) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def named(text: str, words: tuple[str, ...]) -> list[str]:
    return [word for word in words if word in text]


def test_a_report_names_nothing_unless_it_was_asked_to(
    project: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor", str(project), "--report", str(tmp_path / "plain.zip"), "--json"], LAUNCHERS) == 1
    said = json.loads(capsys.readouterr().out)
    assert {check["section"] for check in said["checks"]} == {
        "Program", "Machine", "Display", "Detectors", "Training", "Folders", "Project",
    }  # fmt: skip
    assert [check["name"] for check in said["checks"] if check["state"] == "problem"] == ["Detector"]
    plain = texts(tmp_path / "plain.zip")
    assert set(plain) == {"report.txt", "log.txt"}
    everything = "\n".join(plain.values())
    assert named(everything, (*IMAGES, *CLASSES, PERSON, str(tmp_path), str(Path.home()))) == []
    assert socket.gethostname() not in everything.split()
    assert "1 files are not there" in plain["report.txt"]
    assert "The class … is on …" in plain["log.txt"]
    assert "FileNotFoundError" in plain["log.txt"]
    before = sorted(path.name for path in project.iterdir())
    assert (
        run(["doctor", str(project), "--report", str(tmp_path / "full.zip"), "--names", "--class-names"], LAUNCHERS)
        == 1
    )
    assert named("\n".join(texts(tmp_path / "full.zip").values()), (*IMAGES, *CLASSES, PERSON)) == [
        *IMAGES,
        *CLASSES,
        PERSON,
    ]
    assert sorted(path.name for path in project.iterdir()) == before
