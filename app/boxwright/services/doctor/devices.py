"""Probe of what runs detectors: ONNX Runtime on the processor, and CUDA where there is an NVIDIA GPU."""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from time import perf_counter

import numpy as np

from boxwright.config import paths
from boxwright.config.onnx_runtime import onnx_runtime
from boxwright.config.own_program import is_bundle
from boxwright.config.packages import install_line
from boxwright.domain.errors import BoxwrightError
from boxwright.services.doctor.check import Check, State, failed
from boxwright.services.doctor.program import version_of

SECTION = "Detectors"
CUDA = "CUDAExecutionProvider"
WITH_LIBRARIES = '"onnxruntime-gpu[cuda,cudnn]"'
_NVIDIA, _DISPLAY_CLASSES = "0x10de", ("0x0300", "0x0302")
_MISSING = re.compile(r"([\w.+-]+\.(?:so[\d.]*|dll))")


@dataclass(frozen=True)
class NvidiaGpus:
    """NVIDIA GPUs of this machine.

    `names`: with memory and driver, as nvidia-smi tells them. `card`: one is in the machine, with or without a driver.
    """

    names: tuple[str, ...]
    card: bool


def devices(_project: str) -> list[Check]:
    packages = {name: there for name in ("onnxruntime", "onnxruntime-gpu") if (there := version_of(name))}
    offered = onnx_runtime().get_available_providers()
    known = ", ".join(name.removesuffix("ExecutionProvider") for name in offered)
    said = " and ".join(f"{name} {there}" for name, there in packages.items())
    checks = [Check(SECTION, "ONNX Runtime", State.OK, f"{said}, built for {known}.")]
    if len(packages) > 1:
        todo = _type(_uninstall("onnxruntime"), install_line(["--force-reinstall", "onnxruntime-gpu"]))
        says = "Two packages are installed that write the same folder, so that one has broken the other."
        checks.append(Check(SECTION, "ONNX Runtime twice", State.WARNING, says, todo))
    return [*checks, _on("cpu"), *_cuda(CUDA in offered, nvidia_gpus())]


def nvidia_gpus() -> NvidiaGpus:
    program = shutil.which("nvidia-smi") or shutil.which("nvidia-smi", path="/usr/lib/wsl/lib")
    names: tuple[str, ...] = ()
    if program is not None:
        with suppress(OSError, subprocess.SubprocessError):
            asked = [program, "--query-gpu=name,memory.total,driver_version", "--format=csv,noheader"]
            done = subprocess.run(asked, capture_output=True, text=True, timeout=30, check=True)  # noqa: S603
            names = tuple(line.strip() for line in done.stdout.splitlines() if line.strip())
    driver = any(Path(place).exists() for place in ("/dev/nvidiactl", "/proc/driver/nvidia/version"))
    return NvidiaGpus(names, bool(names) or driver or _nvidia_card())


def missing_cuda_library() -> str | None:
    """The first library that ONNX Runtime's part for CUDA wants and does not find; None where it loads or is not
    there."""
    spec = find_spec("onnxruntime")
    if spec is None or not spec.submodule_search_locations:
        return None
    folder = Path(spec.submodule_search_locations[0]) / "capi"
    file = "onnxruntime_providers_cuda.dll" if sys.platform == "win32" else "libonnxruntime_providers_cuda.so"
    if not (folder / file).is_file():
        return None
    try:
        ctypes.CDLL(str(folder / file))
    except OSError as error:
        found = _MISSING.search(str(error))
        # It asks for a symbol of the library that loads it, which is there in a session.
        if found is None or "undefined symbol" in str(error) or found[1] == file:
            return None
        return found[1]
    return None


def _cuda(offered: bool, gpus: NvidiaGpus) -> list[Check]:
    if not gpus.card:
        return [Check(SECTION, "GPU", State.OK, "No NVIDIA GPU was found, so detectors run on the processor.")]
    if not gpus.names:
        todo = "Install NVIDIA's driver for your system, then start the machine anew."
        return [Check(SECTION, "GPU", State.WARNING, "An NVIDIA GPU is there, and no driver that answers.", todo)]
    checks = [Check(SECTION, "GPU", State.OK, f"{'; '.join(gpus.names)}.")]
    if not offered:
        todo = _type(_uninstall("onnxruntime"), install_line(["--force-reinstall", WITH_LIBRARIES]))
        says = "The installed ONNX Runtime was not built for CUDA, so the GPU is not used."
        return [*checks, Check(SECTION, "CUDA", State.WARNING, says, todo)]
    ran = _on("cuda")
    if ran.state is State.OK:
        return [*checks, ran]
    lacks = missing_cuda_library()
    says = f"{lacks} is missing, so the GPU is not used." if lacks else "It does not run, so the GPU is not used."
    todo = _type(install_line(["--upgrade", WITH_LIBRARIES]))
    return [*checks, Check(SECTION, "CUDA", State.WARNING, says, todo, names=ran.names)]


def _on(device: str) -> Check:
    """A detection with the detector that comes with the program."""
    from boxwright.inference.detector import Detector

    name = "CUDA" if device == "cuda" else "Processor"
    try:
        detector = Detector.open(paths.models() / "starter.onnx", device=device, threads=1)
        grey = [np.full((96, 128, 3), 128, np.uint8)]
        detector.detect(grey)
        began = perf_counter()
        detector.detect(grey)
    except (BoxwrightError, OSError, RuntimeError) as error:
        return failed(SECTION, name, error)
    took = (perf_counter() - began) * 1000
    return Check(SECTION, name, State.OK, f"The built-in detector runs on it, {took:.0f} ms an image.")


def _nvidia_card() -> bool:
    with suppress(OSError):
        for folder in Path("/sys/bus/pci/devices").iterdir():
            kind = (folder / "class").read_text(encoding="ascii")
            if (folder / "vendor").read_text(encoding="ascii").strip() == _NVIDIA and kind.startswith(_DISPLAY_CLASSES):
                return True
    return False


def _type(*commands: str) -> str:
    if is_bundle():
        return "Nothing can be added to a bundle: install Boxwright with pip, as the page Installing of the guide says."
    return f"Type: {', then: '.join(commands)}"


def _uninstall(package: str) -> str:
    return install_line([package]).replace(" install ", " uninstall -y ", 1)
