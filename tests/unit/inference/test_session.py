"""Files that are no usable detector are refused in a sentence."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper
from tests.onnx_graphs import write_graph

from boxwright.config.onnx_runtime import onnx_runtime
from boxwright.domain.errors import ModelError
from boxwright.inference.session import open_session


def graph(path: Path, op: str = "Relu", opset: int = 17, domain: str = "") -> Path:
    value = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, 3, 8, 8]) for n in ("x", "y")]
    node = helper.make_node(op, ["x"], ["y"], domain=domain)
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 1)] if domain else [])
    model = helper.make_model(helper.make_graph([node], "g", value[:1], value[1:]), opset_imports=opsets, ir_version=9)
    path.write_bytes(model.SerializeToString())
    return path


def refused(path: Path) -> str:
    with pytest.raises(ModelError) as error:
        open_session(path, "cpu")
    text = str(error.value)
    assert "\n" not in text
    assert text.endswith(".")
    return text


def test_a_good_file_opens_and_tells_its_tensors(tmp_path: Path) -> None:
    opened = open_session(graph(tmp_path / "m.onnx"), "cpu")
    assert [(t.name, t.shape, t.dtype) for t in opened.inputs] == [("x", (1, 3, 8, 8), "float32")]
    assert (opened.device, opened.note) == ("CPU", "")


def test_missing(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "none.onnx")


def test_a_folder(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path)


def test_empty(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").touch()
    assert "is empty" in refused(tmp_path / "m.onnx")


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\x80\x02"])
def test_pytorch_weights_are_never_unpickled(tmp_path: Path, head: bytes) -> None:
    (tmp_path / "best.pt").write_bytes(head + bytes(1000))
    assert "export it to ONNX" in refused(tmp_path / "best.pt")


def test_text(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_text("person\nbicycle\n" * 50)
    assert "not an ONNX file or was cut off" in refused(tmp_path / "m.onnx")


def test_cut_off(tmp_path: Path) -> None:
    whole = write_graph(tmp_path / "whole.onnx", {"out": np.ones((1, 50, 6), np.float32)}).read_bytes()
    (tmp_path / "m.onnx").write_bytes(whole[: len(whole) // 2])
    assert "not an ONNX file or was cut off" in refused(tmp_path / "m.onnx")


def test_newer_opset(tmp_path: Path) -> None:
    assert "newer ONNX version" in refused(graph(tmp_path / "m.onnx", opset=999))


def test_unknown_operation(tmp_path: Path) -> None:
    text = refused(graph(tmp_path / "m.onnx", op="EfficientNMS_TRT", domain="TRT"))
    assert "EfficientNMS_TRT" in text


def test_weights_file_missing(tmp_path: Path) -> None:
    path = write_graph(tmp_path / "m.onnx", {"out": np.ones((1, 500, 6), np.float32)})
    onnx.save(onnx.load(path), str(path), save_as_external_data=True, location="weights.bin", size_threshold=0)
    (tmp_path / "weights.bin").unlink()
    assert "its weights are in 'weights.bin', which is not beside it" in refused(path)


def test_unknown_device(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="choose one of auto, cpu, cuda"):
        open_session(graph(tmp_path / "m.onnx"), "tpu")


def _has_cuda(path: Path) -> bool:
    return open_session(path, "auto").device == "CUDA"


def test_auto_says_which_device_runs_in_one_line(tmp_path: Path) -> None:
    opened = open_session(graph(tmp_path / "m.onnx"), "auto")
    running = opened.session.get_providers()
    assert opened.device == ("CUDA" if "CUDAExecutionProvider" in running else "CPU")
    assert bool(opened.note) == (opened.device == "CPU")
    assert "\n" not in opened.note


def test_cuda_that_is_not_there_is_an_error_of_one_sentence(tmp_path: Path) -> None:
    path = graph(tmp_path / "m.onnx")
    if _has_cuda(path):
        pytest.skip("this machine has CUDA")
    with pytest.raises(ModelError, match="CUDA"):
        open_session(path, "cuda")


def test_nothing_is_printed_while_devices_are_tried(tmp_path: Path) -> None:
    """In a process of its own: the library prints from C++, past Python's streams."""
    path = graph(tmp_path / "m.onnx")
    lines = (
        "from pathlib import Path",
        "from boxwright.inference.session import open_session as o",
        f"o(Path({str(path)!r}))",
    )
    code = "\n".join(lines)
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=dict(os.environ)
    )
    assert (done.stdout, done.stderr) == ("", "")


def test_the_library_logs_as_before_afterwards(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    open_session(graph(tmp_path / "m.onnx"), "auto")
    assert capfd.readouterr().err == ""
    assert onnx_runtime().get_device() in ("CPU", "GPU")
