"""A real HTTP server on this machine that behaves as badly as it is told to, and remembers what it was asked."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Page:
    """What is served at a path.

    tag: its ETag, "" for none. ranges: whether parts are given. cuts: after so many bytes of an answer the connection
    ends, one for each request until none is left. status: instead of the file. leads_to: a redirect. held: after
    `held_after` bytes of the file nothing is sent until it is set. wrong_range: a part is told to be another one.
    kind: its Content-Type, "" for none.
    """

    content: bytes = b""
    tag: str = '"1"'
    ranges: bool = True
    cuts: list[int] = field(default_factory=list)
    status: int = 200
    leads_to: str = ""
    held: threading.Event | None = None
    held_after: int = 0
    says_length: bool = True
    wrong_range: bool = False
    kind: str = ""


class Site(ThreadingHTTPServer):
    """`pages` by path; `asked`: (path, Range, If-Range) of each request, in their order; `before` is called with the
    path before each answer."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, str | None, str | None]] = []
        self.before: Callable[[str], object] = lambda _: None

    def address(self, path: str) -> str:
        return f"http://127.0.0.1:{self.server_port}{path}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that hung up is no fault of the server's."""


class _Handler(BaseHTTPRequestHandler):
    server: Site
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        # As a proxy it is asked for a whole address.
        path = re.sub(r"^http://[^/]+", "", self.path)
        wanted = self.headers.get("Range")
        self.server.asked.append((self.path, wanted, self.headers.get("If-Range")))
        self.server.before(path)
        page = self.server.pages.get(path, Page(status=404))
        if page.leads_to or page.status != 200:
            self.send_response(302 if page.leads_to else page.status)
            if page.leads_to:
                self.send_header("Location", page.leads_to)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        begin = self._begin(page, wanted)
        if begin > 0 and begin >= len(page.content):
            self.send_response(416)
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self._send(page, begin)

    def _begin(self, page: Page, wanted: str | None) -> int:
        found = re.fullmatch(r"bytes=(\d+)-", wanted or "")
        same = self.headers.get("If-Range") in (None, page.tag)
        return int(found[1]) if found and page.ranges and same else 0

    def _send(self, page: Page, begin: int) -> None:
        body = page.content[begin:]
        self.send_response(206 if begin else 200)
        if begin:
            first = 0 if page.wrong_range else begin
            self.send_header("Content-Range", f"bytes {first}-{len(page.content) - 1}/{len(page.content)}")
        if page.kind:
            self.send_header("Content-Type", page.kind)
        if page.tag:
            self.send_header("ETag", page.tag)
        if page.says_length:
            self.send_header("Content-Length", str(len(body)))
        else:
            self.send_header("Connection", "close")
        self.end_headers()
        if page.cuts:
            self.wfile.write(body[: page.cuts.pop(0)])
            self.close_connection = True
            return
        if page.held is not None:
            first = max(0, page.held_after - begin)
            self.wfile.write(body[:first])
            self.wfile.flush()
            page.held.wait()
            body = body[first:]
        self.wfile.write(body)
        self.close_connection = not page.says_length

    def log_message(self, *args: Any) -> None:
        """Not on the screen."""


@contextmanager
def site() -> Iterator[Site]:
    """A server while the body runs."""
    with Site() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield server
        finally:
            for page in server.pages.values():
                if page.held is not None:
                    page.held.set()
            server.shutdown()
            thread.join()
