"""The guide's package with an addition of each kind: put there by pip, used by the commands, held to the contracts."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from tests.colours import write_pictures
from tests.conftest import REPOSITORY
from tests.onnx_graphs import NAMES
from tests.onnx_plugin_cases import SCORES_FIRST

from boxwright.config import paths

pytest.importorskip("torch", reason="training needs the extra 'train'")
PROJECT = REPOSITORY / "docs" / "guide" / "plugin"
PAGE = REPOSITORY / "docs" / "guide" / "plugins.md"
ADDITIONS = {"format": "lines", "decoder": "scores-first", "sampler": "film", "trainer": "rare-twice"}
# An experiment asks for sixty labelled images.
PICTURES, LABELLED = 80, 64


def source(kind: str) -> str:
    return (PROJECT / "boxwright_example" / f"{kind}.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ADDITIONS)
def test_the_guide_shows_the_package(kind: str) -> None:
    page = PAGE.read_text(encoding="utf-8")
    assert f"```python\n{source(kind)}```\n" in page
    assert f"```toml\n{(PROJECT / 'pyproject.toml').read_text(encoding='utf-8')}```\n" in page


@pytest.mark.parametrize("kind", ["decoder", "sampler", "trainer"])
def test_an_addition_takes_ten_lines(kind: str) -> None:
    assert sum(bool(line) and not line.startswith(("from ", "import ")) for line in source(kind).splitlines()) <= 10


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Of a program that finds the package among its own."""
    folder = tmp_path_factory.mktemp("package")
    shutil.copytree(PROJECT, folder / "source", ignore=shutil.ignore_patterns("__pycache__"))
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    started([*pip, "--target", str(folder / "site"), str(folder / "source")], dict(os.environ))
    search = [str(folder / "site"), os.environ.get("PYTHONPATH", "")]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, search))}


def started(command: Sequence[str], environment: dict[str, str]) -> str:
    done = subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def boxwright(environment: dict[str, str], *words: object) -> Any:
    """What `boxwright WORDS --json` prints there."""
    return json.loads(started([sys.executable, "-m", "boxwright", *map(str, words), "--json"], environment))


@pytest.fixture(scope="module")
def dataset(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pictures, and the boxes of the first few in the format of the package."""
    folder = write_pictures(tmp_path_factory.mktemp("data") / "set", [(200, 3 * i, 20) for i in range(PICTURES)])
    rows = [f"{NAMES[i % 2]}\t24\t24\t72\t72\t{i:03}.png\n" for i in range(LABELLED)]
    (folder / "boxes.lines").write_text("".join(rows), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def project(environment: dict[str, str], dataset: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project of these pictures, its labels read by the format, its pre-labels by the decoder."""
    folder = tmp_path_factory.mktemp("project") / "p"
    boxwright(environment, "init", folder, "--images", dataset)
    assert [guess["format"] for guess in boxwright(environment, "formats", dataset)["guesses"]] == ["lines"]
    read = boxwright(environment, "import", folder, dataset)
    assert (read["format"], read["boxes"]) == ("lines", LABELLED)
    file = SCORES_FIRST.write(folder.parent)
    assert boxwright(environment, "model", "inspect", file, "--classes", ",".join(NAMES))["layout"] == "scores-first"
    boxwright(environment, "model", "add", folder, file, "--classes", ",".join(NAMES))
    boxwright(environment, "prelabel", folder, "--device", "cpu")
    return folder


@pytest.mark.parametrize("kind", ADDITIONS)
def test_it_is_listed(environment: dict[str, str], kind: str) -> None:
    told = boxwright(environment, f"{kind}s")
    assert ADDITIONS[kind] in [one["name"] for one in told[f"{kind}s"]]
    assert told["broken"] == []


def test_the_format_is_exported_to(environment: dict[str, str], project: Path, tmp_path: Path) -> None:
    boxwright(environment, "export", project, tmp_path / "out", "--format", "lines")
    written = (tmp_path / "out" / "boxes.lines").read_text(encoding="utf-8").splitlines()
    assert written[:2] == [
        "cat\t24.000\t24.000\t72.000\t72.000\t000.png",
        "dog\t24.000\t24.000\t72.000\t72.000\t001.png",
    ]
    assert len(written) == LABELLED


def test_the_sampler_draws_a_batch(environment: dict[str, str], project: Path) -> None:
    words = ("next", project, "--sampler", "film", "--size", 3, "--random", "0%", "--seed", 1)
    batch = boxwright(environment, *words)
    assert batch["sampler"] == "film"
    assert [item["slot"] for item in batch["items"]] == ["uncertain"] * 3
    # The detector doubts all of them alike, so only the rule keeps them apart.
    numbers = [int(Path(item["image"]).stem) + 1 for item in batch["items"]]
    assert len({number // 5 for number in numbers}) == 3


def test_the_sampler_is_in_the_schedule(environment: dict[str, str], project: Path) -> None:
    rule = "film:score=margin"
    assert "film" in json.dumps(boxwright(environment, "schedule", project, "--rule", rule))
    batch = boxwright(environment, "next", project, "--size", 2, "--seed", 2)
    assert batch["sampler"] == "film"


def test_the_sampler_competes_in_an_experiment(environment: dict[str, str], dataset: Path, tmp_path: Path) -> None:
    told = boxwright(
        environment, "simulate", dataset, "--model", paths.models() / "starter.onnx", "--out", tmp_path / "out",
        "--samplers", "film", "--initial", 2, "--step", 2, "--rounds", 1, "--seeds", 1, "--steps", 2, "--size", 64,
        "--test", "25%", "--jobs", 1,
    )  # fmt: skip
    assert set(told["arms"]) == {"random", "film"}


def test_the_trainer_makes_a_detector(environment: dict[str, str], project: Path) -> None:
    words = ("retrain", project, "--trainer", "rare-twice", "--epochs", 1, "--size", 64, "--device", "cpu")
    made = boxwright(environment, *words, "--threads", 1)
    assert (made["images"], made["epochs"]) == (LABELLED, 1)


@pytest.mark.parametrize(
    ("kind", "suites"),
    [
        ("format", ["formats", "hostile_datasets", "encodings", "marks"]),
        ("decoder", ["decoders"]),
        ("sampler", ["samplers"]),
        ("trainer", ["trainers"]),
    ],
)
def test_it_passes_the_suite_of_its_kind(environment: dict[str, str], kind: str, suites: list[str]) -> None:
    options = ["-q", "-rp", "-p", "no:cacheprovider", "-k", ADDITIONS[kind]]
    files = [f"tests/contract/test_{suite}.py" for suite in suites]
    told = started([sys.executable, "-m", "pytest", *options, *files], environment)
    passed = [line for line in told.splitlines() if line.startswith("PASSED") and ADDITIONS[kind] in line]
    assert len(passed) > 8
