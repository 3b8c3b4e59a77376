"""YAML is read as it is written, whatever it means by it and however it is meant to harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxwright.domain.errors import FormatError
from boxwright.formats.dataset import Problem
from boxwright.formats.yaml_text import load_yaml
from boxwright.formats.yolo import Yolo

FILE = Path("data.yaml")
AS_WRITTEN = [
    "yes",
    "no",
    "on",
    "off",
    "null",
    "1.10",
    "010",
    "1_000",
    "12:30",
    "0x1F",
    "~",
    "True",
    "2020-01-02",
    ".inf",
]


def names_of(folder: Path, names: str) -> tuple[list[str], list[Problem]]:
    (folder / "images").mkdir(exist_ok=True)
    (folder / "images" / "a.jpg").write_bytes(b"")
    (folder / "data.yaml").write_text(f"train: images\n{names}\n", encoding="utf-8")
    problems: list[Problem] = []
    return [known.name for known in Yolo().read(folder, problems).classes], problems


@pytest.mark.parametrize(
    "names",
    [
        f"names: [{', '.join(AS_WRITTEN)}]",
        "names:\n" + "\n".join(f"- {name}  # note" for name in AS_WRITTEN),
        "names: {" + ", ".join(f"{index}: {name}" for index, name in enumerate(AS_WRITTEN)) + "}",
        "names:\n" + "\n".join(f"  {name}: {index}" for index, name in enumerate(AS_WRITTEN)),
        "names: |\n" + "\n".join(f"  {name}" for name in AS_WRITTEN),
    ],
    ids=["flow list", "block list", "numbered", "name first", "lines"],
)
def test_class_names_are_text_as_written(tmp_path: Path, names: str) -> None:
    assert names_of(tmp_path, names) == (AS_WRITTEN, [])


def test_a_name_that_yaml_takes_for_more_than_a_text_is_its_text(tmp_path: Path) -> None:
    found, problems = names_of(tmp_path, "names:\n- traffic light: red  # note\n- [a, b]\n- '{x}'\n- plain")
    assert found == ["traffic light: red", "[a, b]", "{x}", "plain"]
    assert problems == []


def test_a_name_that_changes_is_told(tmp_path: Path) -> None:
    found, problems = names_of(tmp_path, 'names: ["a  b", "c", "c", "c 2", ""]')
    assert found == ["a b", "c", "c 2", "c 2 3", "class 4"]
    assert [problem.what.split(" ")[1] for problem in problems] == ["0", "2", "3", "4"]


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, "a: " + "{" * 50_000, "? " * 50_000, "- " * 50_000, "x: [" * 999,
     "".join(f"{' ' * i}a:\n" for i in range(500))],
    ids=["brackets", "braces", "keys", "items", "lists", "indents"],
)  # fmt: skip
def test_deep_nesting_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(FormatError, match=r"data\.yaml, line \d+: .*(nested deeper|not YAML)"):
        load_yaml(text, FILE)


def test_a_hundred_thousand_names_take_no_square_of_time(tmp_path: Path) -> None:
    count = 100_000
    found, problems = names_of(tmp_path, "names: [" + ", ".join(f"c{index}" for index in range(count)) + "]")
    assert (len(found), problems) == (count, [])


@pytest.mark.parametrize("text", ["a: &a [*a]", "a: &x b\nnames: *x"])
def test_aliases_are_refused(text: str) -> None:
    with pytest.raises(FormatError, match="aliases"):
        load_yaml(text, FILE)


@pytest.mark.parametrize(
    "text", ["", "# nothing", "---", "\0", "a: \ud800", "%YAML 9", "!!python/object/apply:os.system [x]"]
)
def test_odd_documents_are_read_as_text_or_refused(text: str) -> None:
    try:
        assert load_yaml(text, FILE) in (None, "", ["x"])
    except FormatError as error:
        assert "this is not YAML" in str(error)
