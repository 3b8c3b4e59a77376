"""What the modules below the window say to a person, read from their source: every literal that is a sentence, and the
words that reports, progress and problems carry, as templates with `{0}` for what is filled in."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "app" / "boxwright"
ABOVE = ("ui/", "cli/")
COMMANDS_ONLY = (
    "main.py", "config/logging.py", "evaluation/matching.py", "formats/guide.py", "formats/manifest.py",
    "inference/report.py", "inference/wire.py", "services/demo/report.py", "services/demo/starter.py",
    "services/exporting/card.py", "services/prelabelling/predict.py", "services/project/status.py", "simulate/page.py",
    "simulate/plots.py",
    "simulate/table.py", "simulate/recipes.py", "training/ultralytics_program.py",
)  # fmt: skip
"""Said by a command, a report or a log, which are in English."""

SENTENCE = re.compile(r"[A-Z0-9'“{].*[.?:]", re.DOTALL)
SQL = re.compile(r"(SELECT|INSERT|UPDATE|DELETE|WHERE)\b")
WORDS = {"say": 2, "Progress": 2, "Problem": 3}
"""Calls whose words are shown, and the argument that holds them; or named `what` or `kind`."""
LOG = {"debug", "info", "warning", "error", "exception", "log"}


def template(node: ast.expr) -> str | None:
    """`node` as a template; None for what is no literal."""
    if isinstance(node, ast.Constant):
        text = node.value if isinstance(node.value, str) else None
    elif isinstance(node, ast.JoinedStr):
        text, known = "", {}
        for part in node.values:
            if isinstance(part, ast.Constant):
                text += str(part.value)
            elif isinstance(part, ast.FormattedValue):
                text += f"{{{known.setdefault(ast.unparse(part), len(known))}}}"
        text = _numbered(text, len(known))
    else:
        return None
    return text if text is None or isinstance(node, ast.JoinedStr) else _numbered(text, 0)


def _numbered(text: str, first: int) -> str:
    """The `{}` that are filled in later."""
    while "{}" in text:
        text = text.replace("{}", f"{{{first}}}", 1)
        first += 1
    return text


def is_sentence(text: str) -> bool:
    if SQL.match(text):
        return False
    plain = re.sub(r"\{\w+\}", " ", text)
    return bool(SENTENCE.fullmatch(text)) and len(re.findall(r"[A-Za-z]{2,}", plain)) >= 3 and " " in text.strip()


def said_in(source: str) -> Iterator[tuple[int, str]]:
    """(line, template) of each."""
    tree = ast.parse(source)
    silent = {id(n) for node in ast.walk(tree) for n in _silent(node)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            place = WORDS.get(name)
            shown = node.args[place : place + 1] if place is not None else []
            for words in shown:
                if (text := template(words)) and " " in text:
                    yield words.lineno, text
        if isinstance(node, (ast.Constant, ast.JoinedStr)) and id(node) not in silent:
            text = template(node)
            if text is not None and is_sentence(text):
                yield node.lineno, text


def _silent(node: ast.AST) -> Iterator[ast.AST]:
    """Documentation, what goes to the log, and the parts of a literal that is looked at whole."""
    if isinstance(node, ast.JoinedStr):
        yield from (n for part in ast.iter_child_nodes(node) for n in ast.walk(part))
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        yield node.value
    if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in LOG:
        yield from ast.walk(node)


def said_below() -> dict[str, str]:
    """Template -> where it is said."""
    found: dict[str, str] = {}
    for path in sorted(APP.rglob("*.py")):
        place = path.relative_to(APP).as_posix()
        if not place.startswith(ABOVE) and place not in COMMANDS_ONLY:
            for line, text in said_in(path.read_text(encoding="utf-8")):
                found.setdefault(text, f"{place}:{line}")
    return found


def every_literal() -> set[str]:
    """Of all modules below the window, sentences or not."""
    found: set[str] = set()
    for path in APP.rglob("*.py"):
        if not path.relative_to(APP).as_posix().startswith(ABOVE):
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found |= {text for node in ast.walk(tree) if isinstance(node, ast.expr) and (text := template(node))}
    return found
