"""Pages as HTML of the kind that Qt's rich text knows: tables with lines, code on a ground, anchors at headings."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from boxwright.services.guide.pages import Anchors, led_to

PAGE = "page:/"
"""Begins the address of what comes with the program; its place follows. Any other address leads out of it."""
MOST_COLUMNS = 8
"""Of a table that fits in a page; a wider one is scrolled, and its words are not broken."""
# Rich text of Qt has no other way to give a block of code a ground and room around it.
_CODE = '<table width="100%" cellpadding="8" cellspacing="0" class="code"><tr><td><pre>{}</pre></td></tr></table>'


@dataclass(frozen=True)
class Section:
    """Part of a page below one heading: its anchor, the heading, and its text without any marks."""

    anchor: str
    heading: str
    text: str


@cache
def reader() -> MarkdownIt:
    return MarkdownIt("commonmark", {"html": True}).enable("table")


def page_html(markdown: str, page: str) -> str:
    """The body of `page`; links and pictures have addresses that begin with PAGE, or lead outside."""
    tokens = reader().parse(markdown)
    anchors = Anchors()
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            token.meta["anchor"] = anchors.of(words(tokens[number + 1]))
        for child in token.children or ():
            _lead(child, page)
    return _Renderer().render(tokens, reader().options, {})


def sections(markdown: str) -> list[Section]:
    """The parts of a page, the first one before any heading."""
    tokens = reader().parse(markdown)
    anchors = Anchors()
    found: list[Section] = []
    heading, anchor, lines = "", "", list[str]()
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            found.append(Section(anchor, heading, "\n".join(lines)))
            heading, lines = words(tokens[number + 1]), []
            anchor = anchors.of(heading)
        elif token.type == "inline" and tokens[number - 1].type != "heading_open":
            lines.append(words(token))
        elif token.type in ("fence", "code_block"):
            lines.append(token.content)
    found.append(Section(anchor, heading, "\n".join(lines)))
    return [section for section in found if section.heading or section.text]


def words(inline: Token) -> str:
    """The text of an inline token, without marks."""
    parts = [
        " " if child.type in ("softbreak", "hardbreak") else child.content
        for child in inline.children or ()
        if child.type not in ("html_inline", "image")
    ]
    return "".join(parts)


def address(place: str, anchor: str = "") -> str:
    return PAGE + place + (f"#{anchor}" if anchor else "")


def code_html(text: str) -> str:
    """A file that is no page, as it is."""
    return _CODE.format(html.escape(text.rstrip("\n"), quote=False))


def _lead(token: Token, page: str) -> None:
    name = {"link_open": "href", "image": "src"}.get(token.type)
    if name is None:
        return
    link = led_to(str(token.attrGet(name) or ""), page)
    token.attrSet(name, link.outside or address(link.place, link.anchor))


class _Renderer(RendererHTML):
    """What Qt's rich text wants otherwise than a browser does. markdown-it calls these by the type of a token."""

    def heading_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return f'<{tokens[idx].tag}><a name="{html.escape(tokens[idx].meta["anchor"])}"></a>'

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return code_html(tokens[idx].content)

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return code_html(tokens[idx].content)

    def table_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        columns = 0
        for token in tokens[idx:]:
            if token.type == "tr_close":
                break
            columns += token.type == "th_open"
        kind = "rows wide" if columns > MOST_COLUMNS else "rows"
        return f'<table class="{kind}" cellpadding="5" cellspacing="0" border="1">'

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        """A key is written as HTML; nothing else is."""
        return {"<kbd>": '<span class="key">&nbsp;', "</kbd>": "&nbsp;</span>"}.get(tokens[idx].content, "")

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: EnvType) -> str:
        return ""
