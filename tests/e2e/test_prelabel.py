"""`boxwright prelabel` as a person runs it: on real photographs, killed, interrupted, and over finished work."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.colours import make_pool, shades
from tests.commands import result, run

from boxwright.domain.annotation import drawn
from boxwright.domain.box import Box
from boxwright.domain.edits import add
from boxwright.services.detectors.admission import add_model
from boxwright.services.detectors.registry import open_detector
from boxwright.services.images.scan import add_folders
from boxwright.services.prelabelling.detect import CHUNK_IMAGES
from boxwright.services.project.project import Project


@pytest.fixture
def aquarium(tmp_path: Path, data_dir: Path, model_dir: Path) -> Path:
    """48 photographs, a detector of 80 classes that knows no jellyfish, and the classes of the aquarium and a bird."""
    pictures = tmp_path / "pictures"
    pictures.mkdir()
    for file in sorted((data_dir / "aquarium" / "train" / "images").glob("*.jpg"))[:48]:
        shutil.copy(file, pictures)
    names = (model_dir / "coco80.txt").read_text().split("\n")
    with Project.create(tmp_path / "project", ["fish", "jellyfish", "bird"]) as project:
        add_folders(project, [pictures])
        add_model(project, model_dir / "yolox_nano.onnx", [name for name in names if name])
    return tmp_path / "project"


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the peak is read from /proc")
def test_photographs_within_a_gigabyte(aquarium: Path) -> None:
    # Linux counts the parent's peak as the child's own in ru_maxrss, so the child reads the peak of its own memory.
    code = (
        "import sys; from boxwright.main import main; status = main(sys.argv[1:]); "
        "print(open('/proc/self/status').read(), file=sys.stderr); sys.exit(status)"
    )
    words = [sys.executable, "-c", code, "prelabel", str(aquarium), "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    printed = json.loads(done.stdout)
    peak = next(int(line.split()[1]) for line in done.stderr.splitlines() if line.startswith("VmHWM:"))
    assert printed["predicted"] == 48
    assert printed["images_per_second"] > 0
    assert printed["device"] == "CPU"
    assert 0 < peak * 1024 < 2**30
    assert "bird" not in printed["dropped"]
    assert printed["boxes"] + sum(printed["dropped"].values()) > 48
    assert "already seen all 48" in run("prelabel", aquarium).stdout
    draw = ("next", aquarium, "--sampler", "uncertainty-random", "--size", 10, "--seed", 5)
    batch = result(*draw)
    assert [item["slot"] for item in batch["items"]].count("uncertain") == 5
    assert result(*draw)["items"] == batch["items"]


def test_every_human_box_is_kept_also_where_the_detector_finds_nothing(aquarium: Path) -> None:
    with Project.open(aquarium) as project:
        jellyfish = project.classes.all()[1].id
        ids = project.images.ids().tolist()
        for image in ids:
            project.labels.apply(image, add(drawn(Box(5, 6, 70, 80), jellyfish)))
        before = project.labels.annotations(ids)
    assert sum(map(len, before.values())) == 48
    printed = result("prelabel", aquarium)
    assert (printed["kept"], printed["predicted"]) == (48, 0)
    with Project.open(aquarium) as project:
        assert project.labels.annotations(ids) == before
        assert len(project.predictions.predicted_ids(1)) == 0


def test_a_killed_run_goes_on_where_it_was(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(10 * CHUNK_IMAGES)) as project:
        folder = project.folder
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from boxwright.services.project.project import Project\n"
        "from boxwright.services.prelabelling.prelabel import prelabel\n"
        "def report(p):\n"
        f"    if p.done >= {3 * CHUNK_IMAGES}: os.kill(os.getpid(), signal.SIGKILL)\n"
        "with Project.open(Path(sys.argv[1])) as project: prelabel(project, project.models.active(), 'cpu', report)\n"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(folder)], check=False)
    assert killed.returncode == -signal.SIGKILL
    printed = result("prelabel", folder)
    assert (printed["already"], printed["predicted"]) == (3 * CHUNK_IMAGES, 7 * CHUNK_IMAGES)
    with Project.open(folder) as project:
        assert len(project.scores.read(1)) == 10 * CHUNK_IMAGES
        assert len(project.predictions.predicted_ids(1)) == 10 * CHUNK_IMAGES


def test_without_a_detector_it_says_what_to_do(tmp_path: Path) -> None:
    Project.create(tmp_path / "project", ["red"]).close()
    assert "model add" in run("prelabel", tmp_path / "project", status=1).stderr


def test_cuda_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with make_pool(tmp_path, shades(2)) as project:
        folder = project.folder
        if open_detector(project, project.models.all()[0], "auto").device == "CUDA":
            pytest.skip("CUDA runs here")
    message = run("prelabel", folder, "--device", "cuda", status=1).stderr
    assert "CUDA" in message
    assert len(message.strip().splitlines()) == 1


def test_the_list_of_samplers() -> None:
    listed = result("samplers")
    assert [s["name"] for s in listed["samplers"]][:1] == ["uncertainty-random"]
    assert listed["scores"] == ["entropy", "least_confidence", "margin", "detection_entropy", "flip"]
    assert "at random" in run("samplers").stdout
