"""The log without names holds what happened and where, and nothing that was filled in."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from boxwright.config.logging import keep_in_log, start_logging, stop_logging
from boxwright.config.nameless_log import NamelessFormatter, nameless_file, said
from boxwright.domain.errors import ProjectError
from boxwright.domain.messages import Message, joined, plural

TOKEN = "qzxv-7719"
tokens = st.from_regex(r"[qzx]{3}[ _.%{}/\\-]?[qzx]{3}[0-9]{2}", fullmatch=True)


def formatted(message: object, *arguments: object, error: BaseException | None = None) -> str:
    info = (type(error), error, error.__traceback__) if error is not None else None
    record = logging.LogRecord("boxwright.store", logging.ERROR, "file.py", 7, message, arguments, info)
    return NamelessFormatter().format(record)


def raised(error: Exception, cause: Exception | None = None) -> Exception:
    try:
        raise error from cause
    except Exception as caught:
        return caught


@given(token=tokens)
def test_nothing_that_was_filled_in_is_kept(token: str) -> None:
    path = Path("/data") / token
    message = Message("There is no {0} in {1:>40} after {2:,}.", token, path, 1234)
    errors = [
        raised(OSError(2, "No such file", token)),
        raised(KeyError(token), ValueError(token)),
        raised(ProjectError("{0!r} is gone.", path)),
        raised(ProjectError(token)),
        raised(type(f"E{token}", (Exception,), {})()),
    ]
    said_lines = [
        formatted("%s and %-20s of %.2f", token, path, 2.5),
        formatted("%r", [token]),
        formatted(message),
        formatted("%s", joined(" ", (message, token, plural("1 {1}", "{0} {1}", 3, token)))),
        formatted(Message(token)),
        formatted("100 %% of %s", token),
        *(formatted("It failed: %s", error, error=error) for error in errors),
    ]
    assert [line for line in said_lines if token in line or repr(token)[1:-1] in line] == []


def test_what_can_be_told_is_told() -> None:
    assert said(Message("There is no {0} after {1:,}.", TOKEN, 1234)) == "There is no … after 1,234."
    assert said(plural("1 image of {1}", "{0} images of {1}", 3, TOKEN)) == "3 images of …"
    line = formatted("%s after %d of 100 %%", TOKEN, 5, error=raised(ProjectError("{0} is gone.", TOKEN)))
    assert "ERROR boxwright.store:7 … after 5 of 100 %" in line
    assert "ProjectError: … is gone." in line


def test_the_way_through_the_code_is_kept(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("BOXWRIGHT_HOME", str(tmp_path / TOKEN))
    start_logging(to_file=True)
    try:
        Message("{0}", TOKEN).template.format()
    except IndexError as error:
        keep_in_log(Message("The sampler {0} is left out.", TOKEN), error)
    try:
        from boxwright.config.atomic import writing

        with writing(tmp_path / TOKEN / "no"):
            pass
    except OSError:
        logging.getLogger("boxwright.ui").exception("%s did not work", TOKEN)
    stop_logging()
    text = nameless_file().read_text(encoding="utf-8")
    assert TOKEN not in text
    assert "The sampler … is left out." in text
    assert "boxwright/config/atomic.py:" in text
    assert "FileNotFoundError" in text
