"""Finding the data files of a model without loading it; onnx itself is the judge."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper, numpy_helper
from tests.onnx_graphs import f32, write_graph

from boxwright.domain.errors import ModelError
from boxwright.inference.external import external_files
from boxwright.inference.inspect import inspect_model
from boxwright.inference.wire import length_delimited


def stored_in(location: str) -> onnx.TensorProto:
    tensor = numpy_helper.from_array(np.ones((4, 4), np.float32), "w")
    onnx.external_data_helper.set_external_data(tensor, location)
    tensor.ClearField("raw_data")
    return tensor


def save(path: Path, graph: onnx.GraphProto) -> Path:
    path.write_bytes(helper.make_model(graph).SerializeToString())
    return path


def test_a_file_that_holds_everything_has_none(tmp_path: Path) -> None:
    assert external_files(write_graph(tmp_path / "m.onnx", {"o": np.ones((1, 9, 6), np.float32)})) == []


def test_one_file_named_once_for_many_tensors(tmp_path: Path) -> None:
    path = write_graph(tmp_path / "m.onnx", {"a": np.ones((1, 900), np.float32), "b": np.ones((1, 900), np.float32)})
    onnx.save(onnx.load(path), str(path), save_as_external_data=True, location="sub.data", size_threshold=100)
    assert external_files(path) == ["sub.data"]


def test_a_file_for_each_tensor(tmp_path: Path) -> None:
    path = write_graph(tmp_path / "m.onnx", {"a": np.ones((1, 900), np.float32), "b": np.ones((1, 900), np.float32)})
    model = onnx.load(path)
    onnx.save(model, str(path), save_as_external_data=True, all_tensors_to_one_file=False, size_threshold=100)
    assert sorted(external_files(path)) == ["a_value", "b_value"]


def test_weights_inside_constants_and_branches_are_found(tmp_path: Path) -> None:
    constant = helper.make_node("Constant", [], ["c"], value=stored_in("constant.bin"))
    inner = helper.make_graph([], "inner", [], [], [stored_in("branch.bin")])
    branch = helper.make_node("If", ["x"], ["y"], then_branch=inner, else_branch=inner)
    path = save(tmp_path / "m.onnx", helper.make_graph([constant, branch], "g", [], []))
    assert external_files(path) == ["constant.bin", "branch.bin"]


@pytest.mark.parametrize("location", ["../weights.bin", "/etc/passwd", "a/../../b", "..\\b", "C:\\b", ""])
def test_a_path_out_of_the_folder_is_refused(tmp_path: Path, location: str) -> None:
    path = save(tmp_path / "m.onnx", helper.make_graph([], "g", [], [], [stored_in(location)]))
    with pytest.raises(ModelError, match="outside its own folder"):
        external_files(path)


@settings(max_examples=300)
@given(st.binary(max_size=200))
def test_any_bytes_give_names_or_a_sentence(tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
    path = tmp_path_factory.mktemp("bytes") / "m.onnx"
    path.write_bytes(data)
    try:
        assert isinstance(external_files(path), list)
    except ModelError as error:
        assert "\n" not in str(error)


def test_any_cut_of_a_model_gives_names_or_a_sentence(tmp_path: Path) -> None:
    graph = helper.make_graph(
        [], "g", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1])], [], [stored_in("w.bin")]
    )
    whole = helper.make_model(graph).SerializeToString()
    path = tmp_path / "m.onnx"
    for end in range(1, len(whole)):
        path.write_bytes(whole[:end])
        try:
            assert external_files(path) in ([], ["w.bin"])
        except ModelError:
            continue


def test_a_file_that_breaks_off_deep_inside_is_told_and_closed(tmp_path: Path) -> None:
    """While pieces of it were held it could not be closed, which was said instead."""
    attribute_longer_than_its_node = length_delimited(7, length_delimited(1, b"\x2a\x7f"))
    entry_after_a_whole_part = length_delimited(13, length_delimited(1, b"location") + b"\x12\x7f")
    in_a_tensor = length_delimited(7, length_delimited(5, entry_after_a_whole_part))
    for content in (attribute_longer_than_its_node, in_a_tensor):
        (tmp_path / "m.onnx").write_bytes(content)
        with pytest.raises(ModelError, match=r"m\.onnx is not an ONNX file or was cut off"):
            external_files(tmp_path / "m.onnx")


def test_metadata_that_is_no_text_counts_as_none(tmp_path: Path) -> None:
    path = write_graph(tmp_path / "m.onnx", {"o": f32(np.zeros((1, 7, 252)))})
    entry = length_delimited(1, b"names") + length_delimited(2, b"\xff\xfe")
    path.write_bytes(path.read_bytes() + length_delimited(14, entry))
    assert inspect_model(path).spec.metadata.names == ()
