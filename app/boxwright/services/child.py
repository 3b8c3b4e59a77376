"""Child processes: start long work, follow its events, end it with everything it started.

The child is `python -m boxwright.worker VERB JOB.json`. Its standard output is one JSON object a line:

    {"event": "started", ...}                                   what the verb found to do
    {"event": "progress", "done": 5, "total": 10, "what": "", "per_second": 2.5}
    {"event": "chunk", "file": "000001.npz", ...}               a finished file in the job's folder, for the parent
    {"event": "stage", "text": "measuring"}                     the part that begins now
    {"event": "epoch", "number": 3, "loss": 1.2, ...}           one pass of a training
    {"event": "line", "text": "..."}                            for the log that a person reads
    {"event": "candidate", "file": "candidate.onnx", ...}       a trained detector in the job's folder, for the parent
    {"event": "done", "result": {...}}                          the last line of a job that came to its end
    {"event": "error", "message": "One sentence."}              the last line of one that could not

Any other line is somebody else's print and goes to the log. The child ends when its standard input closes, so it never
outlives the program that started it, however that ends.
"""

from __future__ import annotations

import json
import logging
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from boxwright.config.lock import WriterLock
from boxwright.config.own_program import own_command
from boxwright.config.processes import end_tree
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import Message, from_json, reason_of

log = logging.getLogger(__name__)

Event = Mapping[str, Any]
KNOWN_EVENTS = ("started", "progress", "chunk", "stage", "epoch", "line", "candidate", "done", "error")
# What must be in an event; nothing more is needed in the others.
_NEEDED = {"done": "result", "error": "message", "chunk": "file", "candidate": "file", "stage": "text", "line": "text"}
_THREAD = "job-"
FOLDERS, OWNER = "boxwright-job-", "owner.lock"
KEPT = Message("what it had finished is kept, start it again to go on")


class JobFailed(BoxwrightError):
    """Failure of a job: the child could not finish; the text says why."""


class Job:
    """Child process and the thread that follows it.

    `on_event(event, folder)` is called for each event but the last; what it raises ends the job with that error. Then
    exactly one of `on_done(result)`, also with None after `cancel`, and `on_error(error)` is called. All three run on
    the job's thread. `folder` holds the child's files and is gone afterwards. `kept` ends the sentence for a child that
    died: what is left of its work, and what to do.
    """

    def __init__(
        self,
        verb: str,
        arguments: Mapping[str, Any],
        on_event: Callable[[Event, Path], None],
        on_done: Callable[[Mapping[str, Any] | None], None],
        on_error: Callable[[BoxwrightError], None],
        kept: str = KEPT,
    ) -> None:
        self.verb = verb
        self._kept = kept
        self._given_up: BoxwrightError | None = None
        self._on_event = on_event
        self._on_done = on_done
        self._on_error = on_error
        self._cancelled = threading.Event()
        folder: str | None = None
        try:
            folder = tempfile.mkdtemp(prefix=FOLDERS)
            self._folder = Path(folder)
            self._owner = WriterLock(self._folder / OWNER)
            self._owner.acquire()
            self._process = self._start(arguments)
            self._words = StderrTail(self._process)
        except OSError as error:
            if folder:
                shutil.rmtree(folder, ignore_errors=True)
            raise JobFailed("The process for this task could not be started: {0}.", reason_of(error)) from error
        self._thread = threading.Thread(target=self._follow, name=f"{_THREAD}{verb}", daemon=True)
        self._thread.start()

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._thread.is_alive()

    def cancel(self) -> None:
        """End the child and everything it started, now. Returns at once; `on_done(None)` follows."""
        self._cancelled.set()
        end_tree(self._process)

    def give_up(self, error: BoxwrightError) -> None:
        """As `cancel`, but `on_error(error)` follows."""
        self._given_up = error
        end_tree(self._process)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the last callback has returned. False when time ran out."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    def _start(self, arguments: Mapping[str, Any]) -> subprocess.Popen[bytes]:
        job_file = self._folder / "job.json"
        job_file.write_text(json.dumps({**arguments, "folder": str(self._folder)}), encoding="utf-8")
        return subprocess.Popen(  # noqa: S603 - an argument list of our own, no shell
            own_command("boxwright.worker", self.verb, str(job_file)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            **_own_group(),
        )

    def _follow(self) -> None:
        last: Event | None = None
        error: BoxwrightError | None = None
        try:
            last = self._read_events()
        except BoxwrightError as raised:
            error = raised
        except Exception as raised:
            log.exception("job %s", self.verb)
            error = JobFailed("What the task found could not be stored: {0}", raised)
        finally:
            end_tree(self._process)
            code = self._process.wait()
            self._close_pipes()
        stopped = self._cancelled.is_set()
        if not stopped and error is None:
            error = self._failure(last, code)
            if error is not None and self._given_up is not None:
                error = self._given_up
        self._owner.release()
        shutil.rmtree(self._folder, ignore_errors=True)
        if stopped:
            self._on_done(None)
        elif error:
            self._on_error(error)
        else:
            assert last is not None
            self._on_done(last["result"])

    def _read_events(self) -> Event | None:
        """Hand events on until the child says how it ended, or its output closes (None)."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            event = parse_event(line)
            if event is None:
                log.info("%s: %s", self.verb, line.decode("utf-8", "replace").rstrip())
            elif event["event"] in ("done", "error"):
                return event
            elif not self._cancelled.is_set():
                self._on_event(event, self._folder)
        return None

    def _failure(self, last: Event | None, code: int) -> BoxwrightError | None:
        if last is not None:
            return None if last["event"] == "done" else JobFailed(last["message"])
        log.error("job %s ended with %s:\n%s", self.verb, code, self._words.text())
        killed = (
            Message(" (it was killed, perhaps for lack of memory)")
            if code in (-9, 137)
            else Message(" (exit status {0})", code)
        )
        return JobFailed("The process for this task ended unexpectedly{0}; {1}.", killed, Message(self._kept))

    def _close_pipes(self) -> None:
        self._words.end()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()


def at_work() -> bool:
    """Whether any child process of this program is at work, or what it did is being taken in."""
    return any(thread.name.startswith(_THREAD) for thread in threading.enumerate())


class StderrTail:
    """End of what a process prints on standard error, read on a thread of its own: however much it prints, it never
    waits, and neither a disk nor the memory fills."""

    KEPT_BYTES = 4_000

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._pipe = process.stderr
        self._kept = b""
        self._thread = threading.Thread(target=self._read, name="last-words", daemon=True)
        self._thread.start()

    def text(self) -> str:
        return self._kept.decode("utf-8", "replace").strip()

    def end(self) -> None:
        """After the process has ended. One that escaped its group may hold the pipe open and is not waited for."""
        self._thread.join(1.0)
        if self._pipe is not None and not self._thread.is_alive():
            self._pipe.close()

    def _read(self) -> None:
        assert self._pipe is not None
        while part := os.read(self._pipe.fileno(), 1 << 16):
            self._kept = (self._kept + part)[-self.KEPT_BYTES :]


def parse_event(line: bytes) -> Event | None:
    """The event in a line of the child's output, None for any other text."""
    if not line.startswith(b"{"):
        return None
    try:
        event = from_json(json.loads(line))
    except ValueError:
        return None
    if not isinstance(event, dict) or event.get("event") not in KNOWN_EVENTS:
        return None
    needed = _NEEDED.get(event["event"])
    return event if needed is None or needed in event else None


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW | subprocess.BELOW_NORMAL_PRIORITY_CLASS}
    return {"start_new_session": True}
