"""The catalogues: whole, kept to their templates, and spoken: what was said below comes in Korean with its parts."""

from __future__ import annotations

import re
import string
from pathlib import Path

import polib
import pytest
from tests.presence import present
from tests.ui.said_below import lost_in, said_below, said_in
from translations import APP, NOT_SHOWN, TEMPLATE, TRANSLATIONS, extracted

from boxwright.domain.audit import Audit, audit_words
from boxwright.domain.errors import BoxwrightError, ModelError
from boxwright.domain.messages import Message, joined, plural, words_of
from boxwright.services.child import Job
from boxwright.ui.language.catalogue import Catalogue, read
from boxwright.ui.language.translation import catalogue, use_language
from boxwright.ui.project.queue import View

FILES = sorted(TRANSLATIONS.glob("*.po"))
KOREAN = polib.pofile(str(TRANSLATIONS / "ko.po"))
SHOWN = [path for path in sorted(APP.rglob("*.py")) if path.relative_to(APP).as_posix() not in NOT_SHOWN]

# A final consonant decides between 을 and 를, 이 and 가, 은 and 는, 과 and 와, 으로 and 로.
PARTICLE = re.compile(r"\}['”]?(?:[을를은는과와]|이(?=[ .,)])|가(?=[ .,)])|으로|로(?= ))(?!\()")


def fields(text: str) -> list[tuple[str, str, str]]:
    """Name, format and conversion of each field, braces and all."""
    try:
        found = [(name, spec or "", kind or "") for _, name, spec, kind in string.Formatter().parse(text) if name]
    except ValueError:
        # A brace that is none, as in the example of a program's arguments.
        found = [(name, "", "") for name in re.findall(r"\{(\w+)\}", text)]
    return sorted(set(found))


def said_in_it(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def test_the_template_is_current() -> None:
    assert TEMPLATE.read_text(encoding="utf-8") == str(extracted()), "run make translations"


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_catalogue_has_what_the_template_has_each_once(file: Path) -> None:
    template = polib.pofile(str(TEMPLATE))
    wanted = [(entry.msgid, entry.msgid_plural) for entry in template]
    assert [(entry.msgid, entry.msgid_plural) for entry in polib.pofile(str(file))] == wanted, "run make translations"
    assert len({entry.msgid for entry in template}) == len(template)


def test_nothing_is_untranslated_in_korean() -> None:
    assert [entry.msgid for entry in KOREAN if not entry.translated()] == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_translation_keeps_what_is_filled_in(file: Path) -> None:
    wrong = {
        entry.msgid: words
        for entry in polib.pofile(str(file))
        for words in said_in_it(entry)
        if words and fields(words) != fields(entry.msgid_plural or entry.msgid)
    }
    assert wrong == {}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_header_tells_the_plural_forms(file: Path) -> None:
    entries = polib.pofile(str(file))
    count = int(present(re.search(r"nplurals=(\d+);", entries.metadata["Plural-Forms"]))[1])
    form = read(file).form
    assert {form(number) for number in range(200)} <= set(range(count))
    assert all(sorted(entry.msgstr_plural) == list(range(count)) for entry in entries if entry.msgid_plural)


def test_no_particle_depends_on_how_a_name_ends() -> None:
    # What stands for words of ours ends as we wrote it, so that its particle can be right; a comment names those.
    wrong = {}
    for entry in KOREAN:
        ours = re.findall(r"\{(\w+)\}", entry.tcomment)
        for words in said_in_it(entry):
            told = re.sub(rf"\{{(?:{'|'.join(ours)})\b[^}}]*\}}\S*", "", words) if ours else words
            if PARTICLE.search(told):
                wrong[entry.msgid] = words
    assert wrong == {}


def test_every_sentence_below_the_window_is_a_message() -> None:
    assert said_below() == {}


@pytest.mark.parametrize("path", SHOWN, ids=lambda path: path.relative_to(APP).as_posix())
def test_every_template_is_a_literal_with_as_many_fields_as_are_filled_in(path: Path) -> None:
    place = path.relative_to(APP).as_posix()
    if not place.startswith(("cli/", "ui/demo/")):
        assert list(lost_in(path.read_text(encoding="utf-8"))) == []


def test_a_planted_sentence_is_found_and_documentation_and_logs_are_not() -> None:
    source = (
        '"""A module that is documented with a sentence."""\n'
        "def f(n, report):\n"
        '    """Does what it does, as it should."""\n'
        '    logger.warning("Something is not as it was.")\n'
        '    report.say(1, f"Box {n} is not there; left out.", "box gone")\n'
        '    report.say(1, Message("Box {0} is not here; left out.", n), Message("box away"))\n'
        '    raise FormatError("There is no {0} in {1} here.", n, n)\n'
        '    raise ValueError(f"There is no {n} in {n} here.")\n'
    )
    assert sorted(text for _, text in said_in(source)) == [
        "Box {0} is not there; left out.", "There is no {0} in {0} here.", "box gone",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "source",
    [
        "Message(f'There is {x}')", "FormatError('a ' + b)", "tr('a' if x else 'b')", "tr(x or 'b')",
        "Message('{0} {1}', a)", "Message('{0}', a, b)", "plural('1 of {1}', '{0} of {1}', n)", "FormatError('{1}', a)",
        "FormatError(Message('{0}', a), b)",
    ],
)  # fmt: skip
def test_a_planted_template_that_would_be_lost_is_found(source: str) -> None:
    assert list(lost_in(source))


@pytest.mark.parametrize(
    "source",
    ["Message(table[x], a)", "Message('{0}', *a)", "tr(row.text)", "plural('1 box', '{0} boxes', n)", "Message('{a}')"],
)
def test_a_template_that_is_fine_is_not_found(source: str) -> None:
    assert list(lost_in(source)) == []


NO_PROJECT = "There is no project in {0}: check the path, or make one with 'boxwright init \"{0}\" --images FOLDER'."


def said(message: str) -> str:
    return catalogue("ko").translate(message)


def test_words_of_ours_in_a_sentence_are_korean_too() -> None:
    inner = ModelError("it is not an ONNX file or was cut off; export or copy it again")
    assert "ONNX 파일이" in said(ModelError("{0} cannot be used as a detector: {1}.", "a.onnx", inner).message)
    unread = Message("no such file or directory")
    assert said(
        Message("{0} cannot be read ({1}): check that the folder is there and readable.", "나사. b.jpg", unread)
    ) == ("나사. b.jpg을(를) 읽지 못했습니다(파일이나 폴더가 없음). 폴더가 있고 읽을 수 있는지 확인하세요.")


def test_a_name_is_never_translated_nor_taken_for_a_field() -> None:
    for name in ("points", "Undo", "{0}", "{x}", "No such file or directory"):
        told = said(
            Message(
                NO_PROJECT,
                name,
            )
        )
        assert told.startswith(f"{name}에 프로젝트가 없습니다.")


def test_sentences_one_after_another_are_each_translated() -> None:
    told = said(
        joined(
            " ", (Message("No unlabelled image is left."), "", Message("Stopped; what was finished before is kept."))
        )
    )
    assert told == "라벨링하지 않은 이미지가 없습니다. 멈췄습니다. 그 전에 끝난 것은 그대로 있습니다."


def test_an_error_raised_in_a_child_process_arrives_translated(tmp_path: Path) -> None:
    errors: list[BoxwrightError] = []
    gone = tmp_path / "사라짐.onnx"
    job = Job("inspect", {"file": str(gone), "said": {}}, lambda *_: None, lambda _: None, errors.append)
    assert job.wait()
    (error,) = errors
    assert str(error) == f"{gone} is not there; give the path of an ONNX file."
    assert said(error.message) == f"{gone}이(가) 없습니다. ONNX 파일의 경로를 알려 주세요."


def test_what_the_system_says_is_korean_within_any_error() -> None:
    said_by_system = words_of(PermissionError(13, "Permission denied", "/a"))
    assert (
        said(Message("{0} cannot be used: {1}.", "x", said_by_system))
        == "x을(를) 쓸 수 없습니다: 권한이 없음: '/a' (오류 13)."
    )


def test_what_nobody_translated_is_english() -> None:
    assert said(Message("Nobody wrote {0} here.", 3)) == "Nobody wrote 3 here."
    assert said("Nor this.") == "Nor this."


def test_a_translation_with_a_field_of_its_own_falls_back_to_english(caplog: pytest.LogCaptureFixture) -> None:
    wrong = Catalogue({"There is {0}.": "{1} {name}"})
    assert wrong.translate(Message("There is {0}.", 3)) == "There is 3."
    assert "translation of" in caplog.text


def test_a_plural_takes_the_form_of_its_number(tmp_path: Path) -> None:
    rule = "n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2"
    entries = polib.POFile()
    entries.metadata = {"Content-Type": "text/plain; charset=utf-8", "Plural-Forms": f"nplurals=3; plural=({rule});"}
    entries.append(
        polib.POEntry(msgid="1 box", msgid_plural="{0:,} boxes", msgstr_plural={0: "{0} a", 1: "{0} b", 2: "{0:,} c"})
    )
    entries.append(polib.POEntry(msgid="A", msgstr="B", flags=["fuzzy"]))
    file = tmp_path / "one.po"
    entries.save(str(file))
    found = read(file)
    assert [found.translate(plural("1 box", "{0:,} boxes", n)) for n in (1, 2, 5, 21, 1000)] == [
        "1 a", "2 b", "5 c", "21 a", "1,000 c",
    ]  # fmt: skip
    assert found.text("1 box") == "{0} a"
    assert found.text("A") == "A", "what nobody has checked is not said"


@pytest.mark.parametrize("content", ["msgid broken", "", "\0\1"])
def test_a_broken_catalogue_leaves_the_window_in_english(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "translations").mkdir()
    (tmp_path / "translations" / "xx.po").write_text(content)
    monkeypatch.setattr("boxwright.config.paths.resources", lambda: tmp_path)
    assert catalogue("xx").text("Undo") == "Undo"


@pytest.mark.parametrize("one", [True, False])
@pytest.mark.parametrize("ap50", [None, 0.71])
@pytest.mark.parametrize("sure", [True, False])
def test_the_audit_is_korean_in_each_of_its_forms(one: bool, ap50: float | None, sure: bool) -> None:
    low, high = (1.5, 2.8) if sure else (None, None)
    audit = Audit(1, "fish 3", 1 if one else 34, 2.1, low, high, ap50, low, high)
    assert not re.search("[A-Za-z]{3,}", said(audit_words(audit)).replace("fish", "").replace("AP50", ""))


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
    driver.window.live_actions[action].trigger()
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
    page = korean.window.opened.area.image_area.problem
    korean.until(page.isVisible)
    assert page.words.text() == (
        f"{gone}을(를) 읽지 못했습니다(파일이나 폴더가 없음). 폴더가 있고 읽을 수 있는지 확인하세요."
    )
