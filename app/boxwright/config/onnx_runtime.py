"""Lazy import of ONNX Runtime, its usage reports off, with types, of which it has few. Nothing else imports it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Protocol, cast

import numpy as np
from numpy.typing import NDArray

from boxwright.config.offline import stay_offline

# A tensor of any numbers: whole ones, or floating ones of any precision.
Array = NDArray[np.integer | np.floating]


class NodeArg(Protocol):
    """Input or output of an open model. `type`: "tensor(float)" and the like. `shape`: a name or None is an open
    size."""

    name: str
    type: str
    shape: Sequence[int | str | None]


class ModelMetadata(Protocol):
    """Metadata of an open model. `custom_metadata_map` raises `UnicodeDecodeError` where one entry is no text."""

    @property
    def custom_metadata_map(self) -> Mapping[str, str]: ...


class Session(Protocol):
    """An open model. `run` may be called from many threads; it gives the outputs named, or all for None, in order."""

    def get_inputs(self) -> Sequence[NodeArg]: ...

    def get_outputs(self) -> Sequence[NodeArg]: ...

    def get_modelmeta(self) -> ModelMetadata: ...

    def get_providers(self) -> Sequence[str]: ...

    def run(self, output_names: Sequence[str] | None, input_feed: Mapping[str, Array]) -> Sequence[Array]: ...


class Options(Protocol):
    """Options of a session. `log_severity_level`: from 0, everything, to 4, only what ends the process."""

    log_severity_level: int
    intra_op_num_threads: int
    inter_op_num_threads: int
    graph_optimization_level: object

    def add_session_config_entry(self, key: str, value: str) -> None: ...


class OptimizationLevels(Protocol):
    """Values for `graph_optimization_level`."""

    ORT_DISABLE_ALL: object


class OnnxRuntime(Protocol):
    """Module `onnxruntime`, as far as this program uses it."""

    GraphOptimizationLevel: OptimizationLevels

    def SessionOptions(self) -> Options: ...  # noqa: N802 - named by ONNX Runtime

    def InferenceSession(  # noqa: N802
        self,
        path_or_bytes: str | bytes,
        sess_options: Options,
        *,
        providers: Sequence[str],
        enable_fallback: int = ...,
    ) -> Session: ...

    def get_available_providers(self) -> Sequence[str]: ...

    def get_device(self) -> str: ...

    def set_default_logger_severity(self, severity: int) -> None: ...


@cache
def onnx_runtime() -> OnnxRuntime:
    """The `onnxruntime` module. A fifth of a second the first time, so call it where it is needed, never at import."""
    stay_offline()
    import onnxruntime as module

    # For the events that Windows collects; the variable above stops the library's own.
    module.disable_telemetry_events()
    # Half of it is compiled and has no types. A model may give sequences and maps as well; no layout has any.
    return cast(OnnxRuntime, module)
