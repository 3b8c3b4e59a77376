"""Whatever a dataset holds, a person gets one sentence with the file, and nothing beyond the dataset is looked into."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from PIL import Image as Picture

from boxwright.cli.app import run
from boxwright.config.logging import log_file
from boxwright.domain.errors import FormatError
from boxwright.domain.progress import ignore, never
from boxwright.formats.dataset import Problem
from boxwright.formats.finding import files_below, is_too_wide
from boxwright.formats.registry import by_name
from boxwright.formats.yolo import Yolo
from boxwright.services.images.scan import add_folders
from boxwright.services.importing.archives import unpack
from boxwright.services.importing.dataset import import_dataset, preview_dataset
from boxwright.services.importing.guard import guarded
from boxwright.services.importing.read import ReadDataset, read_dataset
from boxwright.services.project.project import Project


def a_set(folder: Path, yaml: str = "train: images") -> Path:
    (folder / "images").mkdir(parents=True)
    Picture.new("RGB", (64, 48), "red").save(folder / "images" / "a.png")
    (folder / "images" / "a.txt").write_text("0 0.5 0.5 0.25 0.25\n")
    (folder / "data.yaml").write_text(f"{yaml}\nnames: [nut]\n")
    return folder


def look(path: Path, tmp_path: Path) -> ReadDataset:
    return read_dataset(path, None, tmp_path / "part", ignore, never)


def test_an_error_that_no_reader_foresaw_is_a_sentence_with_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    folder = a_set(tmp_path / "set")

    def stumbling(self: object, file: Path, reporter: object) -> None:
        raise TypeError("unhashable type: 'dict'")

    monkeypatch.setattr("boxwright.formats.yolo_read.YoloReader._boxes", stumbling)
    with Project.create(tmp_path / "project"):
        pass
    for words in (["import"], ["import", "--preview"]):
        capfd.readouterr()
        assert run([*words, str(tmp_path / "project"), str(folder)], None) == 1
        said = capfd.readouterr().err
        assert str(folder / "images" / "a.txt") in said
        assert "not what that format holds" in said
        assert "Traceback" not in said
        assert "unhashable" not in said
    assert "unhashable type: 'dict'" in log_file().read_text()


@pytest.mark.parametrize(
    ("error", "words"),
    [(MemoryError(), "more memory than there is"), (FileNotFoundError(2, "No file", "/gone"), "/gone cannot be read")],
)  # fmt: skip
def test_memory_and_files_that_vanish_are_told(tmp_path: Path, error: Exception, words: str) -> None:
    with pytest.raises(FormatError, match=words), guarded(tmp_path, "yolo"):
        raise error


@pytest.mark.parametrize("path", ["/", "../../../../../../../../..", "/proc", "/etc", "..", "~/"])
def test_a_data_yaml_does_not_lead_the_reader_over_the_whole_disk(tmp_path: Path, path: str) -> None:
    folder = a_set(tmp_path / "above" / "set", f"path: {path}\ntrain: .")
    (tmp_path / "above" / "other.jpg").write_bytes(b"")
    problems: list[Problem] = []
    dataset = Yolo().read(folder, problems)
    assert [image.file for image in dataset.images] == [folder / "images" / "a.png"]
    assert [problem.kind for problem in problems] == ["split folder too wide"]
    direct = a_set(tmp_path / "direct" / "set", f"train: {path}")
    assert [image.file for image in Yolo().read(direct, []).images] == [direct / "images" / "a.png"]


def test_a_path_one_above_the_file_is_fine_where_the_splits_lie_in_it(tmp_path: Path) -> None:
    folder = a_set(tmp_path / "set")
    (folder / "config").mkdir()
    (folder / "data.yaml").replace(folder / "config" / "data.yaml")
    (folder / "config" / "data.yaml").write_text("path: ..\ntrain: images\nnames: [nut]\n")
    assert len(Yolo().read(folder / "config", []).images) == 1


def test_a_link_to_the_top_of_the_disk_is_not_followed(tmp_path: Path) -> None:
    folder = a_set(tmp_path / "set")
    for name, target in {"root": Path("/"), "up": tmp_path, "self": folder, "proc": Path("/proc")}.items():
        (folder / name).symlink_to(target, target_is_directory=True)
    beside = tmp_path / "beside"
    beside.mkdir()
    (beside / "b.txt").write_text("x")
    (folder / "near").symlink_to(beside, target_is_directory=True)
    found = {file.relative_to(folder).as_posix() for file in files_below(folder)}
    assert found == {"data.yaml", "images/a.png", "images/a.txt", "near/b.txt"}
    assert not is_too_wide(folder, folder)


def test_images_that_lie_where_nobody_may_enter_are_told(tmp_path: Path) -> None:
    """Root may enter everything, so another person tries."""
    if os.name != "posix":
        pytest.skip("Rights are another thing on Windows.")
    folder = a_set(tmp_path / "set")
    closed = folder / "images" / "closed"
    closed.mkdir()
    (closed / "b.png").write_bytes(b"")
    closed.chmod(0o000)
    code = f"""
import os, sys
from pathlib import Path
sys.path[:0] = {sys.path!r}
from boxwright.domain.progress import ignore, never
from boxwright.domain.errors import FormatError
from boxwright.services.importing.read import read_dataset
from boxwright.formats.registry import formats
formats()
if os.geteuid() == 0:
    os.setgid(65534); os.setuid(65534)
found = read_dataset(Path({str(folder)!r}), None, Path({str(tmp_path / "part")!r}), ignore, never)
print([(p.file, p.kind) for p in found.problems], len(found.dataset.images))
try:
    read_dataset(Path({str(closed)!r}), None, Path({str(tmp_path / "part")!r}), ignore, never)
except FormatError as error:
    print(error)
"""
    for parent in [folder, *folder.parents][:-2]:
        if parent.stat().st_uid == os.geteuid():
            parent.chmod(parent.stat().st_mode | 0o055)
    try:
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    finally:
        closed.chmod(0o700)
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "[('images/closed', 'folder cannot be entered')] 1",
        f"{closed} cannot be entered (Permission denied); ask for the right to read it.",
    ]


@pytest.mark.parametrize("kind", [tarfile.XHDTYPE, tarfile.XGLTYPE, tarfile.GNUTYPE_LONGNAME, tarfile.GNUTYPE_LONGLINK])
def test_an_archive_whose_header_claims_gigabytes_is_refused(tmp_path: Path, kind: bytes) -> None:
    header = tarfile.TarInfo("x")
    header.type, header.size = kind, 1 << 36
    (tmp_path / "a.tar").write_bytes(header.tobuf(tarfile.GNU_FORMAT) + bytes(4096))
    with pytest.raises(FormatError, match="damaged or no archive"):
        unpack(tmp_path / "a.tar", tmp_path / "out", ignore, never)
    assert not (tmp_path / "out").exists()


@pytest.mark.slow
def test_twenty_thousand_classes_come_in(tmp_path: Path) -> None:
    """Each asked for all the others once: hours for these."""
    folder = a_set(tmp_path / "set")
    (folder / "data.yaml").unlink()
    count = 20_000
    content = {
        "images": [{"id": 1, "file_name": "images/a.png", "width": 64, "height": 48}],
        "categories": [{"id": k, "name": f"class {k}"} for k in range(1, count + 1)],
        "annotations": [{"id": k, "image_id": 1, "category_id": k, "bbox": [1, 1, 5, 5]} for k in range(1, count, 500)],
    }
    for name in ("train", "val"):
        (folder / f"instances_{name}.json").write_text(json.dumps(content))
    with Project.create(tmp_path / "project") as project:
        add_folders(project, [folder])
        assert len(preview_dataset(project, folder, "coco").classes) == count
        result = import_dataset(project, folder, "coco")
        assert len(result.classes_added) == len(project.classes.all()) == count
    meta = {"classes": [{"title": f"class {k}", "id": k} for k in range(count)], "tags": []}
    (tmp_path / "sly" / "ds" / "ann").mkdir(parents=True)
    (tmp_path / "sly" / "meta.json").write_text(json.dumps(meta))
    points = {"exterior": [[1, 1], [9, 9]], "interior": []}
    objects = [{"classTitle": f"class {k}", "geometryType": "rectangle", "points": points} for k in range(count)]
    (tmp_path / "sly" / "ds" / "ann" / "a.png.json").write_text(
        json.dumps({"size": {"width": 64, "height": 48}, "objects": objects, "tags": []})
    )
    assert by_name("supervisely").read(tmp_path / "sly", []).box_count == count


def test_names_may_begin_with_a_blank(tmp_path: Path) -> None:
    folder = tmp_path / "set"
    (folder / "images").mkdir(parents=True)
    for number, name in enumerate((" a", "a")):
        Picture.new("RGB", (64, 48), (number, 0, 0)).save(folder / "images" / f"{name}.png")
        (folder / "images" / f"{name}.txt").write_text(f"0 0.5 0.5 0.{number + 2} 0.2\n")
    (folder / "data.yaml").write_text("train: train.txt\nnames: [nut]\n")
    (folder / "train.txt").write_text("images/ a.png\nimages/a.png\n")
    content = {
        "images": [
            {"id": k, "file_name": f"{name}.png", "width": 64, "height": 48} for k, name in enumerate((" a", "a"))
        ],
        "categories": [{"id": 1, "name": "nut"}],
        "annotations": [{"id": k, "image_id": k, "category_id": 1, "bbox": [0, 0, k + 2, 9]} for k in range(2)],
    }
    (folder / "x.json").write_text(json.dumps(content))
    for reader in ("yolo-lists", "coco"):
        dataset = by_name(reader).read(folder, [])
        assert [image.file and image.file.name for image in dataset.images] == [" a.png", "a.png"]
        widths = [image.boxes[0].box.width for image in dataset.images]
        assert widths[0] < widths[1]
