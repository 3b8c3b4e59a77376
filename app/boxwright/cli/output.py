"""Results on stdout, progress on stderr."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

import click
import orjson

from boxwright.domain.progress import Progress, Report

F = TypeVar("F", bound=Callable[..., Any])


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
def progress_bar(title: str) -> Iterator[Report]:
    """A `Report` that draws a bar with speed and time left on stderr, and nothing when stderr is no terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}", markup=False),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(title, total=None, rate="")

        def report(progress: Progress) -> None:
            rate = f"{progress.per_second:.1f}/s" if progress.per_second else ""
            what = f"{title}: {progress.what}" if progress.what else title
            bar.update(task, completed=progress.done, total=progress.total or None, rate=rate, description=what)

        yield report


def sizes(text: str, total: int) -> int:
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
        raise click.BadParameter(f"'{text}' is neither a count such as 50 nor a share such as 10%.") from None
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
