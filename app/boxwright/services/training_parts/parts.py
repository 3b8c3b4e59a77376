"""Parts that training needs besides the program's own: which are missing, how large, and which build of torch."""

from __future__ import annotations

import platform
from dataclasses import dataclass
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from packaging.utils import canonicalize_name

from boxwright.config import paths
from boxwright.training.checks import not_installed

# Where there is none of these, no CUDA program runs: the driver, WSL, and Tegra boards.
_NVIDIA = (
    "/dev/nvidiactl", "/dev/nvidia0", "/dev/dxg", "/proc/driver/nvidia/version", "/dev/nvhost-ctrl", "/dev/nvmap",
)  # fmt: skip
# Packages that come in a build for the processor alone, whose versions end like this.
_BUILT_TWICE, PROCESSOR = ("torch", "torchvision"), "+cpu"
MB = 1_000_000


class Build(StrEnum):
    """Build of torch. `auto`: that for the processor alone where it is the other that is gigabytes, so on Linux without
    an NVIDIA device. `cuda`: the usual one, which pip takes by itself; on Linux it comes with CUDA."""

    AUTO = "auto"
    CPU = "cpu"
    USUAL = "cuda"


@dataclass(frozen=True)
class Size:
    """Size of parts in bytes, roughly: to `fetch`, and on the `disk` once they are in place."""

    fetch: int
    disk: int


@dataclass(frozen=True)
class Parts:
    """Parts of one kind. `name`: of the extra. `packages`: name to the oldest version that serves; each is a module of
    the same name. `copyleft`: the licence that a person should know of before."""

    name: str
    packages: tuple[tuple[str, str], ...]
    copyleft: str = ""

    def missing(self) -> tuple[str, ...]:
        """Those that are not installed."""
        return not_installed(name for name, _ in self.packages)

    def size(self, build: Build = Build.AUTO) -> Size:
        """Of what is missing."""
        missing = self.missing()
        rest = Size(30 * MB, 140 * MB) if missing else Size(0, 0)
        more = Size(150 * MB, 400 * MB) if "ultralytics" in missing else Size(0, 0)
        torch = _torch_size(build) if "torch" in missing else Size(0, 0)
        return Size(*(sum(one) for one in zip(*((s.fetch, s.disk) for s in (rest, more, torch)))))


TRAIN = Parts("train", (("torch", "2.4"), ("onnx", "1.16")))
ULTRALYTICS = Parts(
    "ultralytics",
    (("torch", "2.4"), ("torchvision", "0.19"), ("onnx", "1.16"), ("ultralytics", "8.4.190")),
    copyleft="AGPL-3.0",
)
OF_TRAINERS = {"transfer": TRAIN, "scratch": TRAIN, "ultralytics": ULTRALYTICS}
KINDS = {parts.name: parts for parts in (TRAIN, ULTRALYTICS)}


def pinned() -> dict[str, str]:
    """Name, as an index writes it, to the version that the tests run with; empty where the list is not there."""
    try:
        lines = paths.constraints().read_text(encoding="utf-8").splitlines()
    except OSError:
        return {}
    found = (line.partition("==") for line in lines if not line.startswith("#"))
    return {canonicalize_name(name.strip()): number.strip() for name, equals, number in found if equals}


def for_processor(build: Build) -> bool:
    """Whether torch is to be the build for the processor alone: elsewhere than on Linux the usual one is."""
    return platform.system() == "Linux" and (build is Build.CPU or (build is Build.AUTO and not has_nvidia_device()))


def has_nvidia_device() -> bool:
    return any(Path(device).exists() for device in _NVIDIA)


def requirements(parts: Parts, processor: bool) -> list[str]:
    """What pip is asked for, of what is missing: the pinned versions. `processor`: of torch that build."""
    pins, missing = pinned(), parts.missing()
    local = PROCESSOR if processor else ""
    if "torch" not in missing:
        # Its companion must be of the same build.
        local = _local_of("torch")
    return [
        name if name not in pins else f"{name}=={pins[name]}{local if name in _BUILT_TWICE else ''}" for name in missing
    ]


def any_version(parts: Parts) -> list[str]:
    """As `requirements`, with whatever version serves: of a person's own folder."""
    return [f"{name}>={oldest}" for name, oldest in parts.packages if name in parts.missing()]


def _torch_size(build: Build) -> Size:
    if platform.system() == "Linux":
        return Size(195 * MB, 760 * MB) if for_processor(build) else Size(2_200 * MB, 5_500 * MB)
    return Size(125 * MB, 600 * MB)


def _local_of(name: str) -> str:
    try:
        _, plus, local = version(name).partition("+")
    except PackageNotFoundError:
        return ""
    return plus + local
