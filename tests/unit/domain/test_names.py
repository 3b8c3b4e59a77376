"""One rule for names of files and one for names of classes, whoever asks."""

from __future__ import annotations

import unicodedata
from typing import Literal

from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.names import ByName, class_key, clean_class, file_key, listed
from boxwright.formats.names import stem_of, unique_names
from boxwright.formats.text import clean_label

LETTERS = st.text(
    st.one_of(
        st.sampled_from(
            "abAB \u00e9\u0301\uac00\u1100\u1161\u00df\u0130\u0131\u03c3\u03c2\u200b\u200d\u200c\ufeff-_./"
        ),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=12,
)
FORMS = st.sampled_from(["NFC", "NFD"])


@given(LETTERS, FORMS)
def test_however_accents_are_encoded_a_name_is_one_name(name: str, form: Literal["NFC", "NFD"]) -> None:
    other = unicodedata.normalize(form, name)
    assert file_key(other) == file_key(name)
    assert class_key(other) == class_key(name)


@given(LETTERS)
def test_a_key_is_its_own_key(name: str) -> None:
    assert class_key(class_key(name)) == class_key(name)
    assert clean_class(clean_class(name)) == clean_class(name)
    assert class_key(clean_class(name)) == class_key(name)
    assert clean_label(name) == clean_class(name)


@given(LETTERS, st.sampled_from(["\u200b", "\ufeff", "\u00ad", "\u2060", "\u200d"]), st.integers(0, 12))
def test_what_nobody_sees_makes_no_other_class(name: str, unseen: str, place: int) -> None:
    assert class_key(clean_class(name)[:place] + unseen + clean_class(name)[place:]).replace(" ", "") == class_key(
        name
    ).replace(" ", "")


def test_letters_of_two_cases_are_two_classes_and_one_file() -> None:
    assert class_key("a") != class_key("A")
    assert file_key("a.JPG") == file_key("A.jpg")
    assert file_key("\u00c4") == file_key("a\u0308")


@given(st.lists(LETTERS, max_size=8))
def test_no_two_label_files_are_one_on_any_disk(names: list[str]) -> None:
    made = unique_names([f"{name}.jpg" for name in names] + [f"{name}.PNG" for name in names])
    assert len({file_key(stem_of(name)) for name in made}) == len(made)


def test_a_spelling_of_its_own_comes_first_and_a_doubt_finds_nothing() -> None:
    both = ByName([("caf\u00e9", 1), ("cafe\u0301", 2), ("Traffic light", 3)])
    assert (both.find("caf\u00e9"), both.find("cafe\u0301")) == (1, 2)
    assert (both.find("traffic_light"), both.find_loosely("traffic_light")) == (None, 3)
    assert ByName([("a", 1), ("A", 2)]).find_loosely("A") == 2
    assert ByName([("Cat", 1), ("CAT", 2)]).find_loosely("cat") is None


def test_a_long_list_is_cut() -> None:
    assert listed(["a", "b"], 2) == "a, b"
    assert listed(["a", "b", "c"], 2) == "a, b, \u2026"
