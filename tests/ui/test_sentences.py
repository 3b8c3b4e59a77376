"""Sentences from below the window in Korean: none is missing, each keeps what is filled in, the window shows them."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path
from xml.parsers.expat import errors as expat_errors

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.ui.said_below import every_literal, is_sentence, said_below, said_in

from boxwright.domain.audit import Audit, audit_words
from boxwright.ui.language.sentences import FIELD, Sentences, sentences
from boxwright.ui.language.translation import catalogue, use_language
from boxwright.ui.project.queue import View

KOREAN = sentences("ko")
SAYS = Sentences(KOREAN)
COMPOSED = {
    "On {0}, '{1}' left {2} boxes to fix {3} and reached AP50 {4}.",
    "On {0}, '{1}' left {2} boxes to fix {3}.",
    "{0} ({1} to {2})",
    "More random images will tell how sure that is.",
    "the class numbers are logits, background last",
    "{0} tagged “{1}”.",
    "{0} no longer tagged “{1}”.",
    "{0} added to batch {1}.",
    "{0} left out: labelled, set aside, or in it already.",
    "Only {0} of the {1} images asked for are left.",
    "No unlabelled image is left.",
    "'{0}' is a copy of '{1}', whose labels count; its {2} boxes were left out.",
    "The image '{0}' is neither in the project nor on disk; its {1} boxes were left out.",
    "The image '{0}' cannot be used ({1}); its {2} boxes were left out.",
    "It needs {0} fewer boxes for what random batches end with.",
    "{0} is {1} AP points ahead of random batches at equal boxes, 95 % interval {2} to {3}",
    "{0} is {1} AP points ahead of random batches at equal boxes, but one run tells nothing about chance: repeat it "
    "more often.",
    "{0} is {1} AP points behind random batches at equal boxes, 95 % interval {2} to {3}",
    "{0} is {1} AP points behind random batches at equal boxes, but one run tells nothing about chance: repeat it "
    "more often.",
    "Use {0}: it is {1} AP points ahead of random batches at equal boxes, 95 % interval {2} to {3}, over {4} repeats.",
    "The project {0} is open in another window or command (process {1}), so it can only be read here: close the other "
    "one to change it.",
    "The first flaw: {0}",
    "A region (without a class) of {0}",
    *(f"a table of boxes ({kind})" for kind in ("corners", "extent", "centre")),
    *(f"The schedule's {part} must be over 0 % and at most 100 %." for part in ("initial", "step", "stop", "subset")),
    "{0} ({1})",
    "'{0}'",
}
"""Said in parts that are joined where they are made, so that no one literal holds them."""

SYSTEM = {os.strerror(number) for number in errno.errorcode}
FROM_OUTSIDE = {
    *SYSTEM, *map(str.lower, SYSTEM), *expat_errors.codes, "[Errno {0}] {1}", "[Errno {0}] {1}: '{2}'",
    "Expecting value", "Expecting property name enclosed in double quotes", "Expecting ',' delimiter",
    "Expecting ':' delimiter", "Unterminated string starting at", "Invalid control character at", "Invalid \\escape",
    "Invalid \\uXXXX escape", "Extra data", "{0}: line {1} column {2} (char {3})", "unknown encoding: {0}",
    "File is not a zip file", "Compressed file ended before the end-of-stream marker was reached",
    "file could not be opened successfully", "unexpected end of data",
    "polygon", "polyline", "points", "point", "line", "linestrip", "circle", "ellipse", "mask", "cuboid", "skeleton",
    "rotation", "rectangle", "bitmap",
}  # fmt: skip
"""Reasons that the system and Python's readers of JSON, XML and archives give, and kinds of shapes in datasets."""

# A final consonant decides between 을 and 를, 이 and 가, 은 and 는, 과 and 와, 으로 and 로.
PARTICLE = re.compile(r"\}['”]?(?:[을를은는과와]|이(?=[ .,)])|가(?=[ .,)])|으로|로(?= ))(?!\()")


def fields(text: str) -> list[str]:
    return sorted({field[1] for field in FIELD.finditer(text)})


def test_every_sentence_from_below_has_its_korean() -> None:
    assert {text: where for text, where in said_below().items() if not KOREAN.get(text, "").strip()} == {}


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    assert sorted(set(KOREAN) - every_literal() - COMPOSED - FROM_OUTSIDE) == []
    assert sorted(COMPOSED - set(KOREAN)) == []


def test_both_catalogues_say_the_same_sentence_alike() -> None:
    window = catalogue("ko")
    assert {text: (words, window[text]) for text, words in KOREAN.items() if window.get(text, words) != words} == {}


def test_a_translation_keeps_what_is_filled_in() -> None:
    assert {source: words for source, words in KOREAN.items() if fields(source) != fields(words)} == {}


def test_no_particle_depends_on_how_a_name_ends() -> None:
    # What is translated itself ends as we wrote it, so that its particle can be right.
    raw = {source: re.sub(r"\{\w+!t\}\S*", "", words) for source, words in KOREAN.items()}
    assert {source: words for source, words in raw.items() if PARTICLE.search(words)} == {}


def test_a_planted_sentence_is_found_and_documentation_and_logs_are_not() -> None:
    source = (
        '"""A module that is documented with a sentence."""\n'
        "def f(n, report):\n"
        '    """Does what it does, as it should."""\n'
        '    logger.warning("Something is not as it was.")\n'
        '    report.say(1, f"Box {n} is not there; left out.", "box gone")\n'
        '    raise ValueError(f"There is no {n} in {n} here.")\n'
    )
    assert sorted(text for _, text in said_in(source)) == [
        "Box {0} is not there; left out.", "There is no {0} in {0} here.", "box gone",
    ]  # fmt: skip
    assert not is_sentence("SELECT id FROM image WHERE path = ?")


NAMES = ["/data/사진 모음/a b.jpg", "C:\\images\\x.png", "bolt", "나사", "yolox_nano.onnx", "x (1).jpg", "50 %"]
NUMBERS = st.integers(0, 10**6).map(lambda n: f"{n:,}")
VALUES = st.one_of(NUMBERS, st.sampled_from(NAMES))


@pytest.mark.parametrize("source", [source for source in KOREAN if FIELD.search(source) and is_sentence(source)])
@settings(max_examples=15)
@given(data=st.data())
def test_what_is_filled_in_comes_out_again(source: str, data: st.DataObject) -> None:
    # Where only a blank stands between two, the first is a number or a word; what is in brackets has none of its own.
    close = set(re.findall(r"\{(\w+)\}(?= \{)", source))
    within = set(re.findall(r" \(\{(\w+)\}", source))

    def fits(name: str, value: str) -> bool:
        return not (name in close and " " in value) and not (name in within and " (" in value)

    numbers = {field[1] for field in FIELD.finditer(KOREAN[source]) if field[2] == "!n"}
    values = {
        name: data.draw(NUMBERS if name in numbers else VALUES.filter(lambda v, n=name: fits(n, v)))
        for name in fields(source)
    }
    said = SAYS.say(FIELD.sub(lambda field: values[field[1]], source))
    wanted = FIELD.sub(lambda field: values[field[1]], KOREAN[source])
    assert said == wanted


@pytest.mark.parametrize(
    ("english", "korean"),
    [
        ("Batch 3 is finished: retrain now? There are 12 images with 40 boxes, 5 of them new since the last round.",
         "배치 3을(를) 마쳤습니다. 지금 재학습할까요? 이미지 12장에 박스 40개가 있습니다(지난 라운드 이후 5장 추가)."),
        ("The class 'bolt' has only 2 boxes; from about 30 on it can be learnt.",
         "'bolt' 클래스는 박스가 2개뿐입니다. 약 30개부터 배울 수 있습니다."),
        ("New edits are not saved. There is no room left on the disk for the project file /a/b: free some space, then "
         "it is tried again.",
         "새 편집 내용이 저장되지 않았습니다. 디스크에 프로젝트 파일 /a/b을(를) 저장할 공간이 없습니다. 공간을 "
         "확보하면 다시 시도합니다."),
        ("Only 3 unlabelled images have a score: 2 more were drawn at random. Pre-label the rest of the pool to rank "
         "it. No unlabelled image is left.",
         "라벨링하지 않은 이미지 가운데 점수가 있는 것이 3장뿐이라 2장을 무작위로 더 뽑았습니다. 나머지도 순위를 "
         "매기려면 사전 라벨을 만드세요. 라벨링하지 않은 이미지가 없습니다."),
        ("3 images tagged “x”.", "이미지 3장에 “x” 태그를 붙였습니다."),
        ("a.onnx cannot be used as a detector: it is not an ONNX file or was cut off; export or copy it again.",
         "a.onnx을(를) 검출기로 쓸 수 없습니다: ONNX 파일이 아니거나 중간에 잘렸습니다. 다시 내보내거나 복사하세요."),
        ("Shape 2 of 'a (1).jpg' (car) (3, 2, 3, 4) has no area; left out.",
         "'a (1).jpg'의 도형 2 (car) (3, 2, 3, 4)의 넓이가 없어 뺐습니다."),
        ("/set. B/x.xml holds no VOC annotation (XML with <annotation>). The first flaw: x.xml, line 3: this is not "
         "XML (no element found); left out.",
         "/set. B/x.xml에 VOC 주석이 없습니다(<annotation>이 있는 XML). 첫 결함: x.xml, 3번째 줄: XML이 아니어서"
         "(요소가 없음) 뺐습니다."),
        ("나사. b.jpg cannot be read (no such file or directory): check that the folder is there and readable.",
         "나사. b.jpg을(를) 읽지 못했습니다(파일이나 폴더가 없음). 폴더가 있고 읽을 수 있는지 확인하세요."),
        ("새것입니다. No image of the validation split is labelled, so the new detector was not measured.",
         "새것입니다. 라벨링한 검증 이미지가 없어 새 검출기를 측정하지 않았습니다."),
        ("The setting 'theme' in /김 하나/settings.json must be one of light, dark; the default is used.",
         "/김 하나/settings.json의 설정 'theme' 값이 맞지 않아 기본값을 씁니다(맞는 값: light, dark 가운데 하나)."),
        ("What nobody wrote here stays as it is. Truly.", "What nobody wrote here stays as it is. Truly."),
    ],
)  # fmt: skip
def test_sentences_within_sentences(english: str, korean: str) -> None:
    assert SAYS.say(english) == korean


INSIDE = [source for source, words in KOREAN.items() if "!t}" in words and len(re.sub(r"\\{\\w+\\}", "", source)) > 20]
WHOLE = [source for source in KOREAN if not FIELD.search(source) and source[0].islower() and " " in source]


@pytest.mark.parametrize("source", INSIDE)
@settings(max_examples=10)
@given(data=st.data())
def test_words_of_ours_in_a_sentence_are_korean_too(source: str, data: st.DataObject) -> None:
    ours = {field[1] for field in FIELD.finditer(KOREAN[source]) if field[2] == "!t"}
    # Words that the sentence itself has could stand on either side of them.
    own = [piece for piece in re.split(r"\{\w+\}", source) if piece.strip()]
    words = st.sampled_from(WHOLE).filter(lambda value: not any(piece in value for piece in own))
    values = {name: data.draw(words) if name in ours else "7" for name in fields(source)}
    said = SAYS.say(FIELD.sub(lambda field: values[field[1]], source))
    assert said == FIELD.sub(
        lambda field: KOREAN[values[field[1]]] if field[1] in ours else values[field[1]], KOREAN[source]
    )


@pytest.mark.parametrize("one", [True, False])
@pytest.mark.parametrize("ap50", [None, 0.71])
@pytest.mark.parametrize("sure", [True, False])
def test_the_audit_is_korean_in_each_of_its_forms(one: bool, ap50: float | None, sure: bool) -> None:
    low, high = (1.5, 2.8) if sure else (None, None)
    audit = Audit(1, "fish 3", 1 if one else 34, 2.1, low, high, ap50, low, high)
    assert not re.search("[A-Za-z]{3,}", SAYS.say(audit_words(audit)).replace("fish", "").replace("AP50", ""))


@pytest.fixture
def korean(driver, qapp):
    driver.window.change_setting(language="ko")
    yield driver
    use_language(qapp, "en")


def test_an_error_is_shown_in_korean(korean, tmp_path: Path) -> None:
    korean.window.open_project(tmp_path)
    dialog = korean.dialog()
    assert dialog.words.text().startswith(f"{tmp_path}에 프로젝트가 없습니다.")
    dialog.reject()


def complaint(driver, folder: Path, action: str, field: str, path: Path) -> str:
    """What a dialog complains of when `path` is put into its `field`."""
    driver.open(folder)
    driver.window.actions_map[action].trigger()
    dialog = driver.dialog()
    getattr(dialog, field).path = path
    driver.until(lambda: dialog.problem.isVisible())
    said = dialog.problem.text()
    dialog.reject()
    return said


def test_a_file_that_is_no_detector_is_told_in_korean(korean, folder: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not at all")
    assert complaint(korean, folder, "detector.add", "file", broken) == (
        "broken.onnx을(를) 검출기로 쓸 수 없습니다: ONNX 파일이 아니거나 중간에 잘렸습니다. 다시 내보내거나 복사하세요."
    )


def test_a_dataset_that_cannot_be_read_is_told_in_korean(korean, folder: Path, tmp_path: Path) -> None:
    notes = tmp_path / "set" / "Annotations"
    notes.mkdir(parents=True)
    (notes / "a.xml").write_text("<annotation><object></annotation>")
    assert complaint(korean, folder, "project.import", "path", notes) == (
        f"{tmp_path / 'set'}에 VOC 주석이 없습니다(<annotation>이 있는 XML). 첫 결함: {notes / 'a.xml'}, 1번째 줄: "
        "XML이 아니어서(태그의 짝이 맞지 않음) 뺐습니다."
    )


def test_an_image_that_is_gone_is_told_in_korean(korean, folder: Path, tmp_path: Path) -> None:
    gone = tmp_path / "pictures" / "part 05.jpg"
    gone.unlink()
    korean.open(folder)
    korean.workspace.load(View.ALL)
    korean.until(lambda: len(korean.workspace.queue) == 6)
    korean.workspace.show_row(5)
    page = korean.window.work_area.image_area.problem
    korean.until(page.isVisible)
    assert page.words.text() == (
        f"{gone}을(를) 읽지 못했습니다(파일이나 폴더가 없음). 폴더가 있고 읽을 수 있는지 확인하세요."
    )
