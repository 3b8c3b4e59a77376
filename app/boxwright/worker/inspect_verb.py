"""The verbs `inspect`, `examine`, `readings`: a detector file that nobody knows yet, opened where it can do no harm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from boxwright.config.limits import limit_this_process, memory_for
from boxwright.domain.errors import ModelError
from boxwright.services.project.project import Project


def inspect(arguments: Mapping[str, Any], _emit: object) -> dict[str, Any]:
    """`arguments`: file, said (points of a card), project (a folder with images to look at, or ""). Returns what
    `services.detectors.jobs.DetectorReport` holds."""
    from boxwright.inference.inspect import inspect_model
    from boxwright.services.detectors.admission import project_pictures

    file = limited(arguments)
    if arguments.get("project"):
        with Project.open(Path(arguments["project"]), read_only=True) as project:
            found = inspect_model(file, arguments["said"], project_pictures(project))
    else:
        found = inspect_model(file, arguments["said"])
    return {
        "file": found.file,
        "guesses": [
            {"layout": g.layout, "confidence": g.confidence, "reasons": list(g.reasons)} for g in found.guesses
        ],
        "card": found.card.to_json() if found.card else None,
        "class_count": found.class_count,
        "unknown": list(found.unknown),
        "problem": found.problem or found.to_say,
    }


def examine(arguments: Mapping[str, Any], _emit: object) -> dict[str, Any]:
    """`arguments`: project, file, classes, said, aside (the name of the copy's folder), numbered. The copy stays there
    for the parent. Returns card, sha256, without_features."""
    from boxwright.services.detectors.admission import examine as examine_model

    file = limited(arguments)
    with Project.open(Path(arguments["project"]), read_only=True) as project:
        found = examine_model(
            project,
            file,
            arguments["classes"],
            said=arguments["said"],
            aside=str(arguments["aside"]),
            numbered=bool(arguments["numbered"]),
        )
    return {**asdict(found), "copy": str(found.copy)}


def readings(arguments: Mapping[str, Any], _emit: object) -> dict[str, Any]:
    """`arguments`: project, file, said, point. Returns what `services.detectors.readings.ReadingResults` holds."""
    from boxwright.services.detectors.readings import read_in_ways

    file = limited(arguments)
    with Project.open(Path(arguments["project"]), read_only=True) as project:
        return read_in_ways(project, file, arguments["said"], str(arguments["point"])).to_json()


def limited(arguments: Mapping[str, Any]) -> Path:
    """The `file` of the job, after this process has limited itself. Raises ModelError when it is not there."""
    file = Path(arguments["file"])
    try:
        size = file.stat().st_size
    except OSError as error:
        raise ModelError("{0} is not there; give the path of an ONNX file.", file) from error
    limit_this_process(memory_for(size))
    return file
