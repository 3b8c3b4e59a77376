"""A Message is its English text wherever text goes, and keeps what it is made of on the way."""

from __future__ import annotations

import copy
import json
import pickle
import sqlite3
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.domain.errors import BoxwrightError, ProjectError
from boxwright.domain.messages import Message, from_json, from_text, joined, plural, to_json, to_text, words_of

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
PLAIN = st.one_of(TEXTS, st.sampled_from(["{0}", "{", "}}", "a {x!r:>9} b"]), st.integers(), st.floats(allow_nan=False))


def _made(arguments: st.SearchStrategy[object]) -> st.SearchStrategy[Message]:
    given_ = st.lists(arguments, min_size=1, max_size=4)
    words = st.sampled_from(["in {{braces}}", "Box", "…", "박스"])

    @st.composite
    def one(draw: st.DrawFn) -> Message:
        values = draw(given_)
        fields = [f"{{{n}!s}}" if draw(st.booleans()) else f"{{{n}}}" for n in range(len(values))]
        return Message(draw(words).join(draw(st.permutations(fields))), *values)

    counted = st.builds(lambda n, v: plural("one {1}", "{0:,} of {1}", n, v), st.integers(0, 10**7), arguments)
    together = st.builds(
        joined, st.sampled_from([" ", ", ", "{", "\n"]), st.lists(st.one_of(TEXTS, st.builds(Message, TEXTS)))
    )
    return st.one_of(one(), counted, together)


MESSAGES = st.recursive(st.one_of(PLAIN, st.builds(Message, TEXTS)), _made, max_leaves=8).filter(
    lambda made: isinstance(made, Message)
)


def parts(value: object) -> object:
    """All that a Message holds; equality alone compares the text."""
    if not isinstance(value, Message):
        return value
    return (str.__str__(value), value.template, value.many, [parts(argument) for argument in value.arguments])


@given(MESSAGES)
def test_it_survives_json_text_pickle_and_copies(message: Message) -> None:
    assert parts(from_json(json.loads(json.dumps(to_json(message))))) == parts(message)
    assert parts(from_text(to_text(message))) == parts(message)
    assert parts(pickle.loads(pickle.dumps(message))) == parts(message)
    assert parts(copy.deepcopy(message)) == parts(copy.copy(message)) == parts(message)


@given(MESSAGES)
def test_it_is_its_text(message: Message) -> None:
    text = "".join(message)
    assert type(text) is str
    assert message == text
    assert hash(message) == hash(text)
    assert {text: 1}[message] == 1
    assert f"{message}" == text
    assert str(message) is message
    assert json.loads(json.dumps(message)) == orjson.loads(orjson.dumps(message)) == text


@given(st.lists(st.builds(Message, TEXTS), max_size=5))
def test_what_is_joined_says_each_part_and_leaves_empty_ones_out(said: list[Message]) -> None:
    assert joined(" {0} ", said) == " {0} ".join(part for part in said if part)


@given(MESSAGES)
def test_it_survives_inside_an_event(message: Message) -> None:
    event = {"event": "stage", "text": message, "list": [1, {"deep": (message, None)}]}
    back = from_json(json.loads(json.dumps(to_json(event))))
    assert parts(back["text"]) == parts(back["list"][1]["deep"][0]) == parts(message)


@given(TEXTS)
def test_text_that_was_stored_before_is_read_as_it_is(text: str) -> None:
    assert from_text(text) == text
    assert to_text(text) == text


@pytest.mark.parametrize(
    "text", ['{"template":', '{"template":1}', '{"template":"{5}","with":[1]}', '{"template": {}}']
)
def test_text_that_only_looks_like_a_message_is_text(text: str) -> None:
    assert from_text(text) == text


def test_a_broken_message_in_an_event_is_refused() -> None:
    with pytest.raises(ValueError, match="no message"):
        from_json({"text": {"template": "{1}", "with": ["a"]}})


def test_braces_in_a_name_are_no_fields() -> None:
    assert Message("There is no {0}.", "{0} {x}") == "There is no {0} {x}."
    assert Message("A {literal} brace") == "A {literal} brace"


def test_numbers_keep_their_format_and_paths_become_text() -> None:
    message = Message("{0:,} of {1:.1%} in {2}", 12345, 0.5, Path("/a"))
    assert message == "12,345 of 50.0% in /a"
    assert message.arguments == (12345, 0.5, "/a")


def test_a_plural_says_one_and_many() -> None:
    assert plural("1 image of {1}", "{0:,} images of {1}", 1, "x") == "1 image of x"
    assert plural("1 image of {1}", "{0:,} images of {1}", 2000, "x") == "2,000 images of x"
    assert plural("1 image", "{0} images", 0) == "0 images"


def test_an_error_has_its_message_and_hands_it_on_to_the_one_that_wraps_it() -> None:
    inner = ProjectError("There is no project in {0}.", Path("/a{b}"))
    outer = BoxwrightError("It did not work: {0}", inner)
    assert str(outer) == "It did not work: There is no project in /a{b}."
    assert parts(outer.message.arguments[0]) == parts(inner.message)
    assert parts(pickle.loads(pickle.dumps(outer)).message) == parts(outer.message)


def test_other_errors_say_what_they_are_made_of() -> None:
    gone = words_of(FileNotFoundError(2, "No such file or directory", "/a"))
    assert gone == "[Errno 2] No such file or directory: '/a'"
    assert parts(gone.arguments[1]) == parts(Message("No such file or directory"))
    assert parts(Message("{0}", FileNotFoundError(2, "No such file or directory", "/a")).arguments[0]) == parts(gone)
    with pytest.raises(json.JSONDecodeError) as caught:
        json.loads("{")
    assert words_of(caught.value) == str(caught.value)
    assert words_of(ValueError(Message("a {0}", 1))).arguments == (1,)
    assert words_of(ValueError("{0}")) == "{0}"


def test_sqlite_stores_its_text() -> None:
    with sqlite3.connect(":memory:") as connection:
        assert connection.execute("SELECT ?", [Message("a {0}", 1)]).fetchall() == [("a 1",)]
    connection.close()
