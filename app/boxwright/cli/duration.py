"""Duration as an option's value."""

from __future__ import annotations

import re

import click

_SECONDS = {"h": 3600.0, "m": 60.0, "s": 1.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)\s*([hms])", re.IGNORECASE)


def duration(_context: click.Context, _option: click.Parameter, text: str | None) -> float | None:
    """Callback of an option: "15m", "1h30m" or "90s" -> seconds. Raises `click.BadParameter` for anything else."""
    if text is None:
        return None
    seconds = sum(float(number) * _SECONDS[unit.lower()] for number, unit in _PART.findall(text))
    if _PART.sub("", text).strip() or not seconds:
        raise click.BadParameter(f"'{text}' is no time; write it like 15m, 1h30m or 8h.")
    return seconds
