"""Fetching of packages: what they would bring beside what is installed, and the wheels of that in a folder.

Two runs of pip: a dry run says what would be installed, where what is there is a constraint and so never changes; then
those wheels are gathered. Versions of pip before 26 fetch everything for a dry run as well: both use one cache.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import distributions
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from packaging.utils import canonicalize_name

from boxwright.config.disk import size_words
from boxwright.domain.errors import TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress
from boxwright.services.training_parts.parts import Build, Parts, any_version, for_processor, pinned, requirements
from boxwright.services.training_parts.pip import NotOffered, Pip

# Only wheels: nothing is built here, and no program of a package runs before it is imported.
_WHEELS = ("--only-binary", ":all:")


class NoProcessorBuild(TrainingError):
    """Answer of an index without torch for the processor alone: the usual build has not been asked for."""


@dataclass(frozen=True)
class Fetched:
    """Packages that pip chose, each with name and version, and their wheels in `folder`."""

    releases: tuple[tuple[str, str], ...]
    wheels: tuple[Path, ...]
    folder: Path

    @property
    def names(self) -> list[str]:
        """Exact requirements."""
        return [f"{name}=={number}" for name, number in self.releases]


def from_folder(pip: Pip, parts: Parts, folder: Path) -> Fetched:
    """Of the wheels in a person's folder; no index is asked. Raises `Cancelled` and `PipFailed`."""
    answer = _chosen(pip, any_version(parts), ["--no-index", "--find-links", str(folder)], pins=False)
    wheels = tuple(Path(url2pathname(urlsplit(one["download_info"]["url"]).path)) for one in answer)
    return Fetched(_releases(answer), wheels, folder)


def from_index(pip: Pip, parts: Parts, build: Build) -> Fetched:
    """From where pip is set to look, in the pinned versions. Raises `Cancelled`, `PipFailed` and `NoProcessorBuild`."""
    cache = ["--cache-dir", str(pip.work / "http")]
    processor = for_processor(build)
    try:
        answer = _chosen(pip, requirements(parts, processor), cache)
    except NotOffered as error:
        if not processor or "torch" not in parts.missing():
            raise
        usual = parts.size(Build.USUAL)
        raise NoProcessorBuild(
            "The package index offers no PyTorch for the processor alone, only the usual one with CUDA: about "
            "{0} to fetch and {1} on the disk, of no use without an NVIDIA device.",
            size_words(usual.fetch),
            size_words(usual.disk),
        ) from error
    wheels = pip.work / "wheels"
    names = [f"{name}=={number}" for name, number in _releases(answer)]
    pip.run("download", *_WHEELS, *cache, "--no-deps", "--dest", str(wheels), *names)
    return Fetched(_releases(answer), tuple(sorted(wheels.glob("*.whl"))), wheels)


def _chosen(
    pip: Pip, wanted: Sequence[str], source: Sequence[str], pins: bool = True
) -> list[dict[str, dict[str, str]]]:
    """What pip reports that `wanted` brings."""
    pip.report(Progress(0, 0, Message("asking for the packages")))
    answer, limits = pip.work / "answer.json", pip.work / "constraints.txt"
    limits.write_text("\n".join(_constraints(wanted, pins)), encoding="utf-8")
    pip.run("install", "--dry-run", "--report", str(answer), *_WHEELS, *source, "-c", str(limits), *wanted)
    told: list[dict[str, dict[str, str]]] = json.loads(answer.read_text(encoding="utf-8"))["install"]
    return told


def _releases(answer: Sequence[dict[str, dict[str, str]]]) -> tuple[tuple[str, str], ...]:
    return tuple((one["metadata"]["name"], one["metadata"]["version"]) for one in answer)


def _constraints(wanted: Sequence[str], pins: bool) -> Iterator[str]:
    """What is installed stays as it is: this program may have it loaded. With `pins` the rest is as tested."""
    there: dict[str, str] = {}
    for one in distributions():
        with suppress(KeyError, TypeError, AttributeError):
            there.setdefault(canonicalize_name(one.metadata["Name"]), one.version)
    there.pop("boxwright", None)
    yield from (f"{name}=={number}" for name, number in there.items())
    asked = {one.split("==")[0] for one in wanted}
    for name, number in pinned().items() if pins else ():
        if name not in there and name not in asked:
            yield f"{name}=={number}"
