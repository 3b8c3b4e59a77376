"""ONNX Runtime sessions: which device runs a file, and a plain sentence when it cannot be opened."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from boxwright.config.onnx_runtime import NodeArg, OnnxRuntime, Session, onnx_runtime
from boxwright.config.settings import DEVICES
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.inference.external import external_files
from boxwright.inference.spec import TensorSpec

# ONNX Runtime's levels run from 0, everything, to 4, only what ends the process.
_QUIET = 4
_WARNINGS = 2


@dataclass(frozen=True)
class OpenSession:
    """Open ONNX Runtime session and the device that runs it.

    `device` is the one that runs: "CPU" or "CUDA". `note` is one calm line when that was not the first choice.
    """

    session: Session
    device: str
    note: str

    @property
    def inputs(self) -> tuple[TensorSpec, ...]:
        return tuple(_tensor(v) for v in self.session.get_inputs())

    @property
    def outputs(self) -> tuple[TensorSpec, ...]:
        return tuple(_tensor(v) for v in self.session.get_outputs())

    @property
    def raw_metadata(self) -> dict[str, str]:
        try:
            return dict(self.session.get_modelmeta().custom_metadata_map)
        except UnicodeDecodeError:
            # One entry that is no text, and the library gives none.
            return {}


def open_session(path: Path, device: str = "auto", threads: int | None = None) -> OpenSession:
    """Open `path` on `device` ("auto", "cpu", "cuda") with `threads` CPU threads (None: one per usable core).

    Raises ModelError when the file is no usable ONNX model, or when CUDA was asked for and does not run.
    """
    if device not in DEVICES:
        raise ModelError("'{0}' is no device: choose one of {1}.", device, ", ".join(DEVICES))
    refuse_other_files(path)
    return open_model(str(path), path, device, threads)


def open_model(model: str | bytes, path: Path, device: str, threads: int | None, optimise: bool = True) -> OpenSession:
    """Open `model`, a file or what is in one; `path` is for what is said of it. As `open_session` otherwise; without
    `optimise` every tensor of the graph keeps its name."""
    ort = onnx_runtime()
    offered = "CUDAExecutionProvider" in ort.get_available_providers()
    wants_cuda = device == "cuda" or (device == "auto" and offered)
    ort.set_default_logger_severity(_QUIET)
    try:
        session: Session | None = None
        if wants_cuda and offered:
            both = ["CUDAExecutionProvider", "CPUExecutionProvider"]
            try:
                session = _create(ort, model, path, both, threads, optimise)
            except ModelError:
                if device == "cuda":
                    raise
        if session is None:
            session = _create(ort, model, path, ["CPUExecutionProvider"], threads, optimise)
    finally:
        ort.set_default_logger_severity(_WARNINGS)
    # The list of what the library was built with says nothing about this machine; only the session does.
    running = "CUDA" if "CUDAExecutionProvider" in session.get_providers() else "CPU"
    if device == "cuda" and running != "CUDA":
        raise ModelError(
            "CUDA does not run here: no NVIDIA GPU with its CUDA and cuDNN libraries was found; "
            "use --device cpu or auto, or install the 'gpu' extra."
        )
    note = (
        ""
        if running == "CUDA" or device == "cpu"
        else Message("No CUDA on this machine, so the detector runs on the CPU.")
    )
    return OpenSession(session, running, note)


def usable_cores() -> int:
    """Cores this process may run on, which in a container can be fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _create(
    ort: OnnxRuntime, model: str | bytes, path: Path, providers: list[str], threads: int | None, optimise: bool
) -> Session:
    options = ort.SessionOptions()
    options.log_severity_level = _QUIET
    options.intra_op_num_threads = threads or usable_cores()
    options.inter_op_num_threads = 1
    if not optimise:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    # A waiting inference thread that spins takes the core the next picture is decoded on.
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    try:
        return ort.InferenceSession(model, options, providers=providers, enable_fallback=0)
    except Exception as error:  # each failure of the library has a class of its own, without a common base
        if len(providers) > 1:
            raise ModelError("CUDA could not be started for {0}: {1}", path.name, _first_line(error)) from error
        raise ModelError(_explain(path, error)) from error


def refuse_other_files(path: Path) -> None:
    """Raises ModelError for a file that is missing, empty, or of another kind by its first bytes."""
    if not path.is_file():
        raise ModelError("{0} is not there; give the path of an ONNX file.", path)
    with path.open("rb") as file:
        head = file.read(8)
    if not head:
        raise ModelError("{0} is empty; export or copy the detector again.", path.name)
    if head.startswith((b"PK", b"\x80")):
        raise ModelError("{0} holds PyTorch weights, not an ONNX model; export it to ONNX first.", path.name)


def _explain(path: Path, error: Exception) -> str:
    text = str(error)
    low = text.lower()
    if "opset" in low or "ir version" in low or "ir_version" in low:
        why = Message("it was written for a newer ONNX version than this program knows; export it with an older opset")
    elif "protobuf parsing failed" in low or "invalidprotobuf" in low:
        why = Message("it is not an ONNX file or was cut off; export or copy it again")
    elif missing := _missing_data(path):
        why = Message("its weights are in '{0}', which is not beside it; put that file there under this name", missing)
    elif "not_implemented" in low or "no op registered" in low or "not a registered function" in low:
        why = Message("it uses an operation that ONNX Runtime does not have ({0})", _first_line(error))
    else:
        why = Message("ONNX Runtime says: {0}", _first_line(error))
    return Message("{0} cannot be used as a detector: {1}.", path.name, why)


def refuse_hungry(file: str, error: Exception) -> None:
    """Raises ModelError when a run broke off for lack of memory."""
    text = str(error)
    if isinstance(error, MemoryError) or "allocate memory" in text or "bad_alloc" in text or "bad allocation" in text:
        raise ModelError(
            "{0} needs more memory than it may take here; export it with a smaller input.", file
        ) from error


def _missing_data(path: Path) -> str:
    """The first data file of the model that is not there, "" when none is missing."""
    return next((name for name in external_files(path) if not (path.parent / name).is_file()), "")


def _first_line(error: Exception) -> str:
    line = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    return line.split(" : ", 3)[-1][:300].rstrip(".")


def _tensor(value: NodeArg) -> TensorSpec:
    kind = str(value.type).removeprefix("tensor(").removesuffix(")")
    dtype = {"float": "float32", "double": "float64"}.get(kind, kind)
    shape = tuple(d if isinstance(d, int) and d > 0 else None for d in value.shape)
    return TensorSpec(value.name, shape, dtype)
