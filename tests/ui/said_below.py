"""What the modules below the window say to a person without a Message, read from their source: literals that are
sentences, and the words of reports, progress and problems. And calls whose template a translator would not get."""

from __future__ import annotations

import ast
import re
import string
from collections.abc import Iterator

from translations import APP, NOT_SHOWN, errors

ABOVE = ("ui/", "cli/")
CARRIERS = frozenset({"Message", "plural", "N_", *errors()})
"""Calls whose first argument is a template."""

SENTENCE = re.compile(r"[A-Z0-9'“{].*[.?:]", re.DOTALL)
SQL = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|WHERE)\b")
WORDS = {"say": 2, "Progress": 2, "Problem": 3}
"""Calls whose words are shown, and the argument that holds them; or named `what` or `kind`."""
LOG = {"debug", "info", "warning", "error", "exception", "log"}


def text_of(node: ast.AST) -> str | None:
    """A literal, with `{}` for what an f-string fills in; None for what is none."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "{0}" for part in node.values)
    return None


def is_sentence(text: str) -> bool:
    if SQL.match(text):
        return False
    plain = re.sub(r"\{\w+\}", " ", text)
    return bool(SENTENCE.fullmatch(text)) and len(re.findall(r"[A-Za-z]{2,}", plain)) >= 3 and " " in text.strip()


def said_in(source: str) -> Iterator[tuple[int, str]]:
    """(line, text) of each that no Message carries."""
    tree = ast.parse(source)
    silent = {id(n) for node in ast.walk(tree) for n in _silent(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            place = WORDS.get(_name(node))
            for words in node.args[place : place + 1] if place is not None else ():
                if id(words) not in silent and (text := text_of(words)) and " " in text:
                    yield words.lineno, text
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in silent:
            text = text_of(node)
            if text is not None and is_sentence(text):
                yield node.lineno, text


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _silent(node: ast.AST) -> Iterator[ast.AST]:
    """Documentation, what goes to the log, the parts of a literal that is looked at whole, and what a Message has."""
    if isinstance(node, ast.JoinedStr):
        yield from (n for part in ast.iter_child_nodes(node) for n in ast.walk(part))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in LOG:
        yield from ast.walk(node)
    if isinstance(node, ast.Call) and _name(node) in CARRIERS:
        yield from node.args[: 2 if _name(node) == "plural" else 1]


def said_below() -> dict[str, str]:
    """Text -> where it is said."""
    found: dict[str, str] = {}
    for path in sorted(APP.rglob("*.py")):
        place = path.relative_to(APP).as_posix()
        if not place.startswith(ABOVE) and place not in NOT_SHOWN:
            for line, text in said_in(path.read_text(encoding="utf-8")):
                found.setdefault(text, f"{place}:{line}")
    return found


def lost_in(source: str) -> Iterator[str]:
    """Calls whose template is no literal although it is written there, or that fill in more or less than it has."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call) or _name(node) not in {*CARRIERS, "tr"}:
            continue
        count = 2 if _name(node) == "plural" else 1
        for first in node.args[:count]:
            # A table's rows are looked up by a text.
            if not isinstance(first, (ast.Constant, ast.Subscript, ast.Attribute)) and any(_bare(first)):
                yield f"line {node.lineno}: {ast.unparse(first)}"
        if len(node.args) > 1 and isinstance(node.args[0], ast.Call) and _name(node.args[0]) in CARRIERS:
            yield f"line {node.lineno}: more beside {ast.unparse(node.args[0])}"
        given = node.args[1:] if _name(node) != "plural" else node.args[2:]
        if _name(node) in {"tr", "N_"} or any(isinstance(argument, ast.Starred) for argument in given):
            continue
        for first in node.args[:count]:
            if isinstance(first, ast.Constant) and isinstance(first.value, str) and (given or count == 2):
                wanted = {name for _, name, _, _ in string.Formatter().parse(first.value) if name is not None}
                there = {str(number) for number in range(len(given))}
                # "1 image" need not say its number.
                if wanted - there or (there - wanted and not (count == 2 and first is node.args[0])):
                    yield f"line {node.lineno}: {first.value}"


def _bare(node: ast.AST) -> Iterator[str]:
    """Literals of an expression that are nobody else's argument."""
    if text := text_of(node):
        yield text
    elif not isinstance(node, ast.Call):
        for part in ast.iter_child_nodes(node):
            yield from _bare(part)
