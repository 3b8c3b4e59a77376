"""Runs of an ONNX graph that is in memory, to see what it computes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx

from boxwright.config.onnx_runtime import Array, Session, onnx_runtime
from boxwright.domain.errors import TrainingError

Arrays = dict[str, Array]


def open_graph(model: onnx.ModelProto, threads: int = 1, optimise: bool = True) -> Session:
    """An ONNX Runtime session on the CPU. Raises `TrainingError` for a graph it does not accept."""
    ort = onnx_runtime()
    options = ort.SessionOptions()
    options.intra_op_num_threads = threads
    options.log_severity_level = 4
    if not optimise:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        return ort.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    except Exception as error:  # the library's errors share no base of their own
        raise TrainingError(
            "ONNX Runtime does not accept the detector's graph ({0}); choose another base, or the trainer 'scratch'.",
            _first_line(error),
        ) from error


def run(session: Session, feeds: Mapping[str, Array]) -> Arrays:
    """All outputs by name. Raises `TrainingError` when the graph does not run on these inputs."""
    names = [output.name for output in session.get_outputs()]
    try:
        return dict(zip(names, session.run(names, feeds)))
    except Exception as error:
        raise TrainingError(
            "The detector's graph does not run ({0}); choose another base, or the trainer 'scratch'.",
            _first_line(error),
        ) from error


def shapes_of(model: onnx.ModelProto, feeds: Mapping[str, Array]) -> dict[str, tuple[int, ...]]:
    """The shape of every tensor of the main graph when it is run on `feeds`."""
    exposed = onnx.ModelProto()
    exposed.CopyFrom(model)
    del exposed.graph.output[:]
    names = [name for node in exposed.graph.node for name in node.output if name]
    exposed.graph.output.extend(onnx.helper.make_empty_tensor_value_info(name) for name in names)
    values = run(open_graph(exposed, optimise=False), feeds)
    return {name: np.shape(value) for name, value in values.items()}


def _first_line(error: Exception) -> str:
    return str(error).strip().splitlines()[0][:200] if str(error).strip() else type(error).__name__
