"""Tooltips of names from files."""

from __future__ import annotations

from html import escape


def plain_tip(text: str) -> str:
    """`text` as a tooltip shows it literally: Qt takes a tooltip that looks like markup for markup. Long ones wrap."""
    return f'<span style="white-space: pre-wrap">{escape(text)}</span>' if text else ""
