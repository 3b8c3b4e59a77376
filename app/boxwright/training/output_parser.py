"""Parser of a training program's output: progress, finished epochs, lines for the log.

Understood are JSON objects, one a line, and otherwise the words `epoch 3/30` and `progress: 40 %`:

    {"progress": 0.4}                                                      share of the whole that is done, 0..1
    {"epoch": 3, "epochs": 30, "loss": 1.2, "class_loss": 0.7, "box_loss": 0.5, "ap50": 0.6}    a finished epoch, from 1
    {"text": "reading 300 images"}                                         a line for the log

Keys may be left out and join; `epochs` is otherwise the number that was asked for. An epoch without `loss` only moves
the bar. Whatever else there is, on both outputs, is a line for the log.
"""

from __future__ import annotations

import json
import math
import re
import time
from collections.abc import Mapping
from typing import Any

from boxwright.domain.messages import Message
from boxwright.domain.progress import Progress
from boxwright.training.line_throttle import LineThrottle
from boxwright.training.protocol import Epoch, LogLine, TrainReport

_EPOCH = re.compile(r"\bepoch\W{0,3}(\d{1,6})\s*(?:/|of)\s*(\d{1,6})", re.IGNORECASE)
_SHARE = re.compile(r"\bprogress\W{0,3}(\d{1,3}(?:\.\d+)?)\s*%", re.IGNORECASE)
_PARTS = 1000


class OutputParser:
    """Parser that tells `report` what the lines mean that `hear` is given. `epochs`: how many were asked for."""

    def __init__(self, report: TrainReport, epochs: int) -> None:
        self._report = report
        self._epochs = epochs
        self._lines = LineThrottle(report)
        self._began = time.monotonic()
        self.history: list[Epoch] = []

    def hear(self, text: str) -> None:
        """One line of the program."""
        said = _object(text)
        if said is None or not self._understood(said):
            self._guess(text)
            self._lines(LogLine(text))

    def end(self) -> None:
        """To be called after the last line."""
        self._lines.end()

    def _understood(self, said: Mapping[str, Any]) -> bool:
        share, epoch, text = _number(said, "progress"), _number(said, "epoch"), said.get("text")
        if isinstance(text, str) and text.strip():
            self._lines(LogLine(text.strip()))
        if epoch is not None and 0 <= epoch <= 10_000_000:
            self._epoch(said, int(epoch), share is None)
        if share is not None and 0 <= share <= 1:
            self._progress(round(share * _PARTS), _PARTS, "")
        return share is not None or epoch is not None or isinstance(text, str)

    def _epoch(self, said: Mapping[str, Any], number: int, moves: bool) -> None:
        epochs = max(number, int(_number(said, "epochs") or self._epochs))
        if moves:
            self._progress(number, epochs, Message("epoch {0} of {1}", number, epochs))
        loss, ap50 = _number(said, "loss"), _number(said, "ap50")
        if loss is None:
            return
        class_loss, box_loss = (_number(said, key) or 0.0 for key in ("class_loss", "box_loss"))
        known = ap50 if ap50 is not None and 0 <= ap50 <= 1 else None
        self.history.append(Epoch(number, loss, class_loss, box_loss, time.monotonic() - self._began, known))
        self._report(self.history[-1])

    def _guess(self, text: str) -> None:
        if found := _EPOCH.search(text):
            number, epochs = int(found[1]), int(found[2])
            if 1 <= number <= epochs:
                # Most programs say so when an epoch begins.
                self._progress(number - 1, epochs, Message("epoch {0} of {1}", number, epochs))
        elif (found := _SHARE.search(text)) and float(found[1]) <= 100:
            self._progress(round(float(found[1]) / 100 * _PARTS), _PARTS, "")

    def _progress(self, done: int, total: int, what: str) -> None:
        spent = time.monotonic() - self._began
        self._report(Progress(done, total, what, done / max(spent, 1e-9)))


def _object(text: str) -> Mapping[str, Any] | None:
    if not text.startswith("{"):
        return None
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) else None


def _number(said: Mapping[str, Any], key: str) -> float | None:
    """The finite number at `key`, None without one."""
    value = said.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
