"""Download of one file over HTTP: resumed where it was cut, and never larger than it may be."""

from __future__ import annotations

import json
import re
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse

from boxwright.config.disk import free_room, size_words
from boxwright.domain.progress import Progress, Report, ShouldStop, check
from boxwright.services.detectors.http import CutError, DownloadError, open_session, told
from boxwright.services.detectors.kept import forget_part, notes_of

LARGEST = 4 << 30
"""Bytes of a file whose size nobody knows."""
TIMEOUTS = (20.0, 60.0)
"""Seconds until a server must have answered, and in which something must come."""

_BLOCK = 1 << 16
_TRIES = 6
_SPARE = 64 << 20
_SECONDS_BETWEEN_REPORTS = 0.1
_RANGE = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")


@dataclass(frozen=True)
class _Partial:
    """What is known of a part file: where it is from, and by what the server tells whether its file has changed."""

    source: str
    validator: str = ""
    total: int | None = None

    @staticmethod
    def read(part: Path) -> _Partial:
        """Of `part`; without a source where nothing is known, so that no address is like it."""
        with suppress(OSError, ValueError, TypeError):
            return _Partial(**json.loads(notes_of(part).read_text(encoding="utf-8")))
        return _Partial("")

    def write(self, part: Path) -> None:
        notes_of(part).write_text(json.dumps(self.__dict__), encoding="utf-8")


def download(
    source: str,
    part: Path,
    report: Report,
    should_stop: ShouldStop,
    size: int | None = None,
    checked: bool = False,
    timeouts: tuple[float, float] = TIMEOUTS,
) -> bool:
    """Load the file at `source` (http or https) into `part`, going on with what is there of it.

    size: bytes that it must have, None where that is not known. checked: its hash will be, so that a server which
    cannot tell whether its file is still the same is believed. Proxies are those of the environment and of the system,
    certificates those that the system trusts. Progress is in bytes. Returns whether it went on with something that an
    earlier call had left. Raises DownloadError with one sentence, and Cancelled; both keep what has come.
    """
    resumed = False
    with told(source), open_session() as session:
        for attempt in range(_TRIES):
            had = _size_of(part)
            try:
                resumed |= _transfer(_Request(session, source, part, size, checked, timeouts), report, should_stop)
            except (CutError, HTTPError, requests.ConnectionError, requests.Timeout):
                # Once something has come there is hope, also when what came was thrown away.
                if attempt == _TRIES - 1 or _size_of(part) <= had:
                    raise
            else:
                return resumed
    raise AssertionError("the last try returns or raises")


@dataclass(frozen=True)
class _Request:
    session: requests.Session
    source: str
    part: Path
    size: int | None
    checked: bool
    timeouts: tuple[float, float]


def _transfer(asked: _Request, report: Report, should_stop: ShouldStop) -> bool:
    """One request and its answer. Whether it went on with what was there."""
    part = asked.part
    known, have = _Partial.read(part), _size_of(part)
    goes_on = have > 0 and known.source == asked.source and bool(known.validator or asked.checked)
    if goes_on and have in (known.total, asked.size):
        return True
    # Bytes as they are: a size or a range of packed ones would say nothing.
    headers = {"Accept-Encoding": "identity"}
    if goes_on:
        headers["Range"] = f"bytes={have}-"
        if known.validator:
            headers["If-Range"] = known.validator
    check(should_stop)
    with asked.session.get(asked.source, headers=headers, stream=True, timeout=asked.timeouts) as answer:
        if goes_on and answer.status_code == requests.codes.requested_range_not_satisfiable:
            forget_part(part)
            return _transfer(asked, report, should_stop)
        _refuse(asked, answer)
        begin, total = _extent(answer, have if goes_on else 0)
        _check_size(asked, total, have if begin else 0)
        replace(_Partial(asked.source), validator=_validator(answer), total=total).write(part)
        _receive(asked, answer.raw, begin, total, report, should_stop)
    return begin > 0


def _extent(answer: requests.Response, have: int) -> tuple[int, int | None]:
    """Where the answer's bytes belong, and how many the whole file has."""
    if answer.status_code == requests.codes.partial_content:
        found = _RANGE.fullmatch(answer.headers.get("Content-Range", ""))
        if found is None or int(found[1]) != have:
            raise DownloadError(
                "{0} sent another part of the file than was asked for; download it again.", _host(answer)
            )
        return have, None if found[2] == "*" else int(found[2])
    length = answer.headers.get("Content-Length", "")
    packed = answer.headers.get("Content-Encoding", "identity") != "identity"
    return 0, int(length) if length.isdigit() and not packed else None


def _receive(
    asked: _Request, body: HTTPResponse, begin: int, total: int | None, report: Report, should_stop: ShouldStop
) -> None:
    most = asked.size or total or LARGEST
    done, began, told = begin, time.monotonic(), 0.0
    # Unbuffered: the process may be ended at any time, and what has come is to be there.
    with asked.part.open("ab" if begin else "wb", buffering=0) as file:
        while block := body.read1(_BLOCK, decode_content=True):
            check(should_stop)
            done += len(block)
            if done > most:
                forget_part(asked.part)
                raise DownloadError(
                    "What {0} sends is larger than {1}: it is not the file of the list, and nothing of it is kept.",
                    urlsplit(asked.source).hostname,
                    size_words(most),
                )
            file.write(block)
            now = time.monotonic()
            if now >= told + _SECONDS_BETWEEN_REPORTS:
                told = now
                report(Progress(done, total or 0, "", (done - begin) / max(now - began, 1e-3)))
    if total is not None and done < total:
        raise CutError
    report(Progress(done, done))
    replace(_Partial.read(asked.part), total=done).write(asked.part)


def _refuse(asked: _Request, answer: requests.Response) -> None:
    """Raise DownloadError for an answer that is not the file."""
    host, code = _host(answer), answer.status_code
    if code in (requests.codes.not_found, requests.codes.gone):
        raise DownloadError(
            "{0} has no such file any more ({1}): {2}. A newer Boxwright may know where it is; a file that you have is "
            "taken from its folder.",
            host,
            code,
            asked.source,
        )
    if code in (requests.codes.unauthorized, requests.codes.forbidden, requests.codes.proxy_authentication_required):
        raise DownloadError("{0} does not give the file out ({1}): it wants a name and a password.", host, code)
    if code == requests.codes.too_many_requests or code >= requests.codes.internal_server_error:
        raise DownloadError("{0} cannot give the file out now ({1}); try again later.", host, code)
    if code not in (requests.codes.ok, requests.codes.partial_content):
        raise DownloadError("{0} answered with {1} instead of the file.", host, code)
    if urlsplit(asked.source).scheme == "https" and urlsplit(answer.url).scheme != "https":
        raise DownloadError("{0} leads to an address without encryption, {1}; it is not followed.", host, answer.url)


def _check_size(asked: _Request, total: int | None, have: int) -> None:
    if asked.size is not None and total is not None and total != asked.size:
        raise DownloadError(
            "The file at {0} has {1:,} bytes, but the list names one of {2:,}: it is another file, and is not loaded.",
            urlsplit(asked.source).hostname,
            total,
            asked.size,
        )
    needed, free = (asked.size or total or 0) - have, free_room(asked.part.parent)
    if free is not None and needed + _SPARE > free:
        raise DownloadError(
            "The file takes {0} more, and {1} are free at {2}; make room, or choose another folder.",
            size_words(needed),
            size_words(free),
            asked.part.parent,
        )


def _validator(answer: requests.Response) -> str:
    """By what the server tells whether its file has changed; a weak tag does not serve for parts."""
    tag = answer.headers.get("ETag", "")
    if answer.headers.get("Content-Encoding", "identity") != "identity":
        return ""
    return tag if tag.startswith('"') else answer.headers.get("Last-Modified", "")


def _host(answer: requests.Response) -> str:
    return urlsplit(answer.url).hostname or answer.url


def _size_of(part: Path) -> int:
    try:
        return part.stat().st_size
    except FileNotFoundError:
        return 0
