"""Lazy import of ONNX Runtime, with its usage reports off. Nothing else imports it."""

from __future__ import annotations

from functools import cache
from typing import Any

from boxwright.config.offline import stay_offline


@cache
def onnx_runtime() -> Any:
    """The `onnxruntime` module. A fifth of a second the first time, so call it where it is needed, never at import."""
    stay_offline()
    import onnxruntime as module

    # For the events that Windows collects; the variable above stops the library's own.
    module.disable_telemetry_events()
    return module
