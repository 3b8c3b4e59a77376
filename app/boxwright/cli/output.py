"""Output of commands: results on stdout, progress on stderr, sizes and shares."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, TypeVar

import click
import orjson

from boxwright.config.disk import size_words
from boxwright.domain.progress import Progress, Report

F = TypeVar("F", bound=Callable[..., Any])
FIRST_LINE_AFTER = 1.0
SECONDS_BETWEEN_LINES = 5.0
# Slower work is told by the time left alone: "0.0/s" tells nothing.
SLOWEST_RATE = 0.1


def json_option(function: F) -> F:
    """Adds `--json`, passed as `as_json`."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object on stdout.")(function)


def emit(result: Mapping[str, Any], text: str, as_json: bool) -> None:
    """Print `result` as one JSON object, or `text` for a person."""
    if as_json:
        click.echo(orjson.dumps(result, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY).decode())
    else:
        click.echo(text)


@contextmanager
def progress_bar(title: str, of_bytes: bool = False) -> Iterator[Report]:
    """A `Report` that draws a bar with speed and time left on stderr. Where stderr is no terminal, a line now and then
    takes its place, and a short task prints none. `of_bytes`: what is done is counted in bytes."""
    from rich.console import Console

    console = Console(stderr=True)
    if not console.is_terminal:
        yield _line_report(title, of_bytes)
        return
    from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn() if of_bytes else MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=console, transient=True) as bar:
        task = bar.add_task(title, total=None, rate="")

        def report(progress: Progress) -> None:
            rate = _rate(progress, of_bytes)
            what = f"{title}: {progress.what}" if progress.what else title
            bar.update(task, completed=progress.done, total=progress.total or None, rate=rate, description=what)

        yield report


def _line_report(title: str, of_bytes: bool) -> Report:
    due = time.monotonic() + FIRST_LINE_AFTER

    def report(progress: Progress) -> None:
        nonlocal due
        if time.monotonic() >= due:
            due = time.monotonic() + SECONDS_BETWEEN_LINES
            click.echo(_line(title, progress, of_bytes), err=True)

    return report


def _rate(progress: Progress, of_bytes: bool) -> str:
    if progress.per_second < SLOWEST_RATE:
        return ""
    return f"{size_words(int(progress.per_second)) if of_bytes else f'{progress.per_second:.1f}'}/s"


def _line(title: str, progress: Progress, of_bytes: bool = False) -> str:
    """Progress where no bar can be drawn: `Adding: reading images, 300 of 20000, 150.0/s, 0:02:11 left`."""
    parts = [progress.what] if progress.what else []
    if progress.total:
        done, total = (size_words(n) if of_bytes else n for n in (progress.done, progress.total))
        parts.append(f"{done} of {total}")
    if rate := _rate(progress, of_bytes):
        parts.append(rate)
    if progress.seconds_left is not None:
        parts.append(f"{timedelta(seconds=round(progress.seconds_left))} left")
    return f"{title}: {', '.join(parts)}" if parts else title


def share_option(*names: str, **settings: Any) -> Callable[[F], F]:
    """An option that takes `N%` and passes 0..1, or None where it was not given and has no default."""

    def share(_: click.Context, __: click.Parameter, text: str | None) -> float | None:
        return None if text is None else fraction(text)

    return click.option(*names, metavar="N%", callback=share, show_default="default" in settings, **settings)


def sizes(text: str, total: int, option: str = "--size") -> int:
    """`N` or `N%` of `total`, at least 1 when anything was asked. Raises `click.BadParameter`."""
    try:
        if text.strip().endswith("%"):
            percent = float(text.strip()[:-1])
            if not 0 < percent <= 100:
                raise ValueError
            return max(1, round(total * percent / 100))
        count = int(text)
        if count <= 0:
            raise ValueError
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is neither a count such as 50 nor a share such as 10%.", param_hint=option
        ) from None
    return count


def fraction(text: str) -> float:
    """`N%` as 0..1. Raises `click.BadParameter`."""
    try:
        value = float(text.strip().removesuffix("%")) / 100
    except ValueError:
        value = -1.0
    if not (text.strip().endswith("%") and 0 <= value <= 1):
        raise click.BadParameter(f"'{text}' is not a share from 0% to 100%.")
    return value
