"""Drawing batches from the command line."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.colours import make_pool, shades

from boxwright.domain.edits import confirm_empty
from boxwright.main import main
from boxwright.sampling.samplers import samplers
from boxwright.services.prelabelling.prelabel import prelabel
from boxwright.services.project.project import Project

Answer = Callable[..., dict[str, Any]]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """60 pictures from sure to unsure, seen by a detector; none is labelled."""
    with make_pool(tmp_path, shades(60)) as project:
        prelabel(project, project.models.get(1), "cpu")
        return project.folder


@pytest.fixture
def answer(capsys: pytest.CaptureFixture[str]) -> Answer:
    def typed(*words: object) -> dict[str, Any]:
        status = main([str(word) for word in (*words, "--json")])
        out, err = capsys.readouterr()
        assert status == 0, err
        told: dict[str, Any] = json.loads(out)
        return told

    return typed


def slots(batch: dict[str, Any]) -> dict[str, int]:
    counted = dict(Counter(item["slot"] for item in batch["items"]))
    assert counted == batch["slots"]
    return counted


def label_batch(folder: Path) -> None:
    with Project.open(folder) as project:
        latest = project.batches.latest()
        assert latest is not None
        for item in latest.items:
            project.labels.apply(item.image_id, confirm_empty(project.labels.load(item.image_id)))


def test_without_options_the_first_batch_is_random_and_the_next_half_and_half(folder: Path, answer: Answer) -> None:
    first = answer("next", folder, "--size", 10)
    assert slots(first) == {"initial": 10}
    assert (first["sampler"], first["random"]) == ("random", 1.0)
    assert any("first batch" in note for note in first["notes"])
    label_batch(folder)
    second = answer("next", folder, "--size", 20)
    assert slots(second) == {"uncertain": 10, "random": 10}
    assert (second["sampler"], second["score"], second["aggregate"]) == (
        "uncertainty-diversity", "detection_entropy", "mean",
    )  # fmt: skip
    assert second["random"] == 0.5 and second["rare_classes"]


def test_the_share_is_set_by_the_option_and_by_the_schedule(folder: Path, answer: Answer) -> None:
    answer("next", folder, "--size", 10)
    label_batch(folder)
    assert slots(answer("next", folder, "--size", 20, "--random", "30%")) == {"uncertain": 14, "random": 6}
    answer("schedule", folder, "--random", "20%")
    batch = answer("next", folder, "--size", 20, "--redraw")
    assert (slots(batch), batch["random"]) == ({"uncertain": 16, "random": 4}, 0.2)
    assert slots(answer("next", folder, "--size", 2, "--redraw")) == {"uncertain": 1, "random": 1}
    assert slots(answer("next", folder, "--size", 20, "--redraw", "--random", "0%")) == {"uncertain": 20}


@pytest.mark.parametrize("sampler", [name for name, one in samplers().items() if one.needs_scores])
def test_whoever_names_a_rule_has_its_random_part_in_the_first_batch_too(
    folder: Path, answer: Answer, sampler: str
) -> None:
    batch = answer("next", folder, "--size", 20, "--sampler", sampler, "--seed", 3)
    assert (batch["sampler"], slots(batch), batch["random"]) == (sampler, {"uncertain": 10, "random": 10}, 0.5)
    assert answer("next", folder, "--size", 20, "--sampler", sampler, "--seed", 3)["items"] == batch["items"]


def test_a_random_batch_is_told_to_be_random_as_a_whole(folder: Path, answer: Answer) -> None:
    answer("next", folder, "--size", 10)
    label_batch(folder)
    batch = answer("next", folder, "--size", 20, "--sampler", "random", "--random", "20%")
    assert (slots(batch), batch["random"]) == ({"random": 20}, 1.0)


def test_the_published_rule_is_drawn_to_the_letter_when_it_is_named(folder: Path, answer: Answer) -> None:
    answer("schedule", folder, "--random", "20%")
    batch = answer("next", folder, "--size", 10, "--sampler", "uncertainty-random")
    told = {key: batch[key] for key in ("score", "aggregate", "rare_classes", "subset", "random")}
    assert told == {"score": "entropy", "aggregate": "max", "rare_classes": False, "subset": 0.2, "random": 0.5}
    assert slots(batch) == {"uncertain": 5, "random": 5}
    other = answer("next", folder, "--size", 10, "--sampler", "uncertainty-random", "--score", "margin", "--redraw")
    assert (other["score"], other["aggregate"]) == ("margin", "max")


def test_the_samplers_say_what_they_do_with_the_random_share(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["samplers"]) == 0
    out = capsys.readouterr().out
    assert "whatever the random share" in out
    assert "published rule" in out
