"""Names are safe in a target folder whatever they were, and stay what they were where they can."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

from hypothesis import example, given
from hypothesis import strategies as st

from boxwright.formats.names import clean_reference, safe_name, stem_of, unique_names

anything = st.text(st.characters(), max_size=40) | st.text(st.sampled_from("./\\:aC \0\n*"), max_size=20)


@given(anything)
@example("..")
@example("C:\\con.txt")
@example("a/" + "\u00fc" * 300 + ".jpg")
def test_a_safe_name_stays_inside_and_can_be_made_anywhere(name: str) -> None:
    safe = safe_name(name)
    path = PurePosixPath(safe)
    assert not path.is_absolute()
    assert not PureWindowsPath(safe).drive
    for part in path.parts:
        assert part not in ("", ".", "..")
        assert not part.startswith(".")
        assert len(part.encode()) <= 201
        assert not set(part) & set('<>:"|?*\\\0\n\r\t')
    assert safe_name(safe) == safe


@given(anything)
@example("../../x")
@example("\\\\server\\share\\x.jpg")
def test_a_reference_climbs_nowhere(text: str) -> None:
    found = clean_reference(text)
    assert not found.startswith("/")
    assert ".." not in found.split("/")
    assert "\\" not in found


@given(st.lists(anything, max_size=12))
@example(["a.jpg", "a-2.jpg", "a.png", "A.JPG", "a-2.png"])
def test_no_two_share_a_label_file(names: list[str]) -> None:
    unique = unique_names(names)
    assert len(unique) == len(names)
    assert len({stem_of(name).casefold() for name in unique}) == len(names)
    assert unique_names(unique) == unique


def test_what_is_fine_stays() -> None:
    names = ["a b/ü (1).jpg", "日本/写真.PNG", "v1.2/no suffix", "x.tar.gz.jpg", "emoji 📦.webp"]
    assert unique_names(names) == names
