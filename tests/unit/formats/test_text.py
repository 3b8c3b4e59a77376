"""Text of any encoding becomes the text that was meant, or doubt is told."""

from __future__ import annotations

from pathlib import Path

import pytest

from boxwright.formats.checks import Reporter
from boxwright.formats.dataset import Problem
from boxwright.formats.text import class_name, decode, first_line, head
from boxwright.formats.xml_lines import parse

LISTS = {
    "cp949": [
        "고양이\n개\n",
        "사람\n자동차\n트럭",
        "긁힘\n찍힘\n",
        "불량\nOK\n",
        "LED등\n",
        "균열",
        "닭",
        "헬멧",
        "쥐",
    ],
    "gb18030": ["猫\n狗\n", "人\n车\n", "行人\n汽车\n自行车\n", "裂纹\n", "苹果\n香蕉", "安全帽\n反光衣", "鸟", "螺丝"],
    "cp932": ["猫\n犬\n", "ねこ\nいぬ\n", "ネコ\nイヌ", "自転車", "キズ\n汚れ", "歩行者\n信号", "良品\n不良"],
    "big5": ["貓\n狗\n", "行人\n汽車", "蘋果\n香蕉"],
    "cp1251": ["кошка\nсобака\n", "кот", "Машина\nЧеловек\n", "ПЕШЕХОД\n", "трещина", "ёж\nёлка"],
    "cp1252": ["Möwe\nBär\n", "café\n", "éléphant\nvoiture", "Öl", "niño", "Straße", "Ärmel", "coração\nmaçã"],
    "cp1250": ["żółw\npies", "człowiek\nsamochód", "łódź"],
}


def read(data: bytes) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []
    return decode(data, Reporter(problems, "classes.txt")), problems


@pytest.mark.parametrize(("encoding", "text"), [(known, text) for known, texts in LISTS.items() for text in texts])
def test_short_lists_of_classes_are_read_in_the_encoding_of_their_language(encoding: str, text: str) -> None:
    found, problems = read(text.encode(encoding))
    assert found == text
    assert [(p.kind, p.line) for p in problems] == [("not UTF-8", 1)]


def test_doubt_between_two_encodings_names_both_readings() -> None:
    _, problems = read("plain\n개\n".encode("cp949"))
    assert problems[0].line == 2
    assert all(
        word in problems[0].what for word in ("'개'", "could be Chinese (GB18030)", "'俺'", "save the file as UTF-8")
    )


def test_utf8_with_a_few_lost_bytes_stays_utf8() -> None:
    text = "고양이\n강아지\n"
    found, problems = read(text.encode()[:-2] + b"\n")
    assert found.startswith("고양이\n강아\ufffd")
    assert problems[0].line == 1
    assert "not UTF-8" in problems[0].what


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp949", "utf-32"])
def test_the_beginning_of_a_file_is_the_beginning_of_its_text(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "a.txt"
    text = "0 0.5 0.5 0.1 0.1\n" + "고양이와 강아지\n" * 50
    file.write_bytes(text.encode(encoding))
    for size in range(100, 140):
        assert text.startswith(head(file, size).rstrip("\ufffd"))
    assert first_line(file, 4096) == "0 0.5 0.5 0.1 0.1"


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("euc-kr", "cp949"),
        ("GB2312", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("windows-1251", "cp1251"),
        ("latin1", "cp1252"),
    ],
)
def test_xml_is_read_in_the_encoding_that_it_declares(tmp_path: Path, declared: str, encoding: str) -> None:
    name = LISTS[encoding][0].split("\n")[0]
    file = tmp_path / "a.xml"
    file.write_bytes(f'<?xml version="1.0" encoding="{declared}"?>\n<a>\n<b>{name}</b></a>'.encode(encoding))
    problems: list[Problem] = []
    child = parse(file, Reporter(problems, "a.xml")).children[0]
    assert (child.text, child.line, problems) == (name, 3, [])


@pytest.mark.parametrize("declared", ["", ' encoding="utf-8"', ' encoding="no-such"'])
def test_xml_that_declares_a_wrong_encoding_is_read_and_told(tmp_path: Path, declared: str) -> None:
    file = tmp_path / "a.xml"
    file.write_bytes(f'<?xml version="1.0"{declared}?>\n<a><b>고양이</b></a>'.encode("cp949"))
    problems: list[Problem] = []
    assert parse(file, Reporter(problems, "a.xml")).children[0].text == "고양이"
    told = [(problem.kind, problem.line) for problem in problems]
    assert told == [("unknown encoding", 1)] * ("no-such" in declared) + [("not UTF-8", 2)]


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (7, "7"),
        (0, "0"),
        (1.5, "1.5"),
        (True, "true"),
        ("010", "010"),
        (" a\tb ", "a b"),
        (None, ""),
        ([], ""),
        ({}, ""),
    ],
)
def test_numbers_and_truth_values_of_json_are_names_as_they_stand_there(value: object, name: str) -> None:
    assert class_name(value) == name
