"""Running somebody else's program: its lines as text, its end with everything it started."""

from __future__ import annotations

import json
import queue
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from boxwright.config.own_program import own_command
from boxwright.config.processes import end_tree
from boxwright.domain.errors import TrainingError
from boxwright.domain.progress import ShouldStop, check
from boxwright.training.lines import Lines

# Seconds between two looks at whether to go on, and for what is left of the output after the program's end.
_LOOK, _REST = 0.1, 2.0
_WAITING_LINES = 256


@dataclass(frozen=True)
class Ending:
    """End of a program.

    `code` of the program, negative for a signal, None when it did not start or nothing is known; `error`: why it did
    not start. `last_line` that it printed, on either output.
    """

    code: int | None
    last_line: str
    error: str = ""


def run_program(
    command: Sequence[str],
    folder: Path,
    environment: Mapping[str, str],
    hear: Callable[[str], None],
    should_stop: ShouldStop,
    time_limit: float | None = None,
) -> Ending:
    """Run `command` to its end and hand each line of its output and its errors to `hear`. `folder` is for notes.

    When told to stop, after `time_limit` seconds, or when `hear` raises, the program is killed with all that it
    started. Raises `Cancelled`, and `TrainingError` for the time limit or when no process can be started.
    """
    ending, last = folder / "ending.json", ""
    # Of a program before in the same folder: it would tell that this one has ended.
    ending.unlink(missing_ok=True)
    with _started(command, ending, environment) as heard:
        began = looked = time.monotonic()
        open_pipes, ended = 2, 0.0
        while open_pipes and not (ended and looked - ended > _REST):
            text: str | None = ""
            with suppress(queue.Empty):
                text = heard.get(timeout=_LOOK)
            if text is None:
                open_pipes -= 1
            elif text:
                last = text
                hear(text)
            if (now := time.monotonic()) - looked >= _LOOK:
                looked = now
                check(should_stop)
                if time_limit is not None and now - began > time_limit:
                    raise TrainingError(
                        "The program was still running after {0:g} seconds, the limit that was set, and was "
                        "ended; set a longer time_limit or let it do less.",
                        time_limit,
                    )
                # Something it left behind may hold the pipes open for ever.
                if not ended and ending.exists():
                    ended = now
    return _ending(ending, last)


@contextmanager
def _started(command: Sequence[str], ending: Path, environment: Mapping[str, str]) -> Iterator[queue.Queue[str | None]]:
    """The program on its leash: a queue of its lines with None at the end of each of its two outputs."""
    heard: queue.Queue[str | None] = queue.Queue(_WAITING_LINES)
    try:
        process = subprocess.Popen(  # noqa: S603 - an argument list, no shell
            own_command("boxwright.training.process_group_guard", str(ending), *command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            **_own_group(),
        )
    except (OSError, ValueError) as error:
        raise TrainingError("The program could not be started: {0}.", error) from error
    pipes = [pipe for pipe in (process.stdout, process.stderr) if pipe is not None]
    listeners = [threading.Thread(target=_listen, args=(pipe, heard), daemon=True) for pipe in pipes]
    for listener in listeners:
        listener.start()
    try:
        yield heard
    finally:
        end_tree(process)
        process.wait()
        _drain(heard, listeners)
        if process.stdin is not None:
            process.stdin.close()
        for pipe, listener in zip(pipes, listeners, strict=True):
            # Closing a pipe that is still being read would hang; its thread ends with whoever holds the other end.
            if not listener.is_alive():
                pipe.close()


def _own_group() -> dict[str, Any]:
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NO_WINDOW}
    # Not a session of its own: Linux weighs sessions as a whole, and it would not yield to the window any more.
    return {"process_group": 0}


def _listen(pipe: IO[bytes], heard: queue.Queue[str | None]) -> None:
    lines = Lines()
    with suppress(OSError, ValueError):
        while block := pipe.read1(1 << 16):  # type: ignore[attr-defined]
            for text in lines.feed(block):
                heard.put(text)
        for text in lines.rest():
            heard.put(text)
    heard.put(None)


def _drain(heard: queue.Queue[str | None], listeners: Sequence[threading.Thread]) -> None:
    """Let listeners that wait for room go on to the end of their pipe."""
    until = time.monotonic() + _REST
    while any(listener.is_alive() for listener in listeners) and time.monotonic() < until:
        with suppress(queue.Empty):
            heard.get(timeout=_LOOK / 4)


def _ending(file: Path, last: str) -> Ending:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return Ending(None, last)
    return Ending(told.get("code"), last, str(told.get("error", "")))
