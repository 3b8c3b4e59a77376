"""The catalogues of the window's translations: make translations.

`boxwright.pot` lists what the program says, read from its source by Babel; each `LANGUAGE.po` beside it is brought up
to it. With `check` nothing is written: it ends with 1 where `boxwright.pot` is not current.

Entries are sorted, and neither lines nor dates are in the files, so that they change only where a sentence does.
"""

from __future__ import annotations

import ast
import re
import sys
from contextlib import redirect_stderr
from io import StringIO
from pathlib import Path

import polib
from babel.messages.extract import extract_from_dir

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "app" / "boxwright"
TRANSLATIONS = ROOT / "resources" / "translations"
TEMPLATE = TRANSLATIONS / "boxwright.pot"

KEYWORDS = {"tr": (1,), "N_": (1,), "Message": (1,), "plural": (1, 2), "Action": (2,), "AppAction": (2,)}
"""Call, and which of its arguments are texts; the errors of the program come on top."""
NOT_SHOWN = (
    "cli/**.py", "ui/demo/**.py", "main.py", "evaluation/matching.py", "formats/guide.py", "formats/manifest.py",
    "inference/report.py", "inference/wire.py", "services/demo/report.py", "services/demo/starter.py",
    *(f"services/doctor/{name}.py" for name in (
        "check", "devices", "display", "examine", "folders", "machine", "probes", "program", "project_check", "report",
        "trainers",
    )),
    "services/exporting/card.py", "services/prelabelling/predict.py", "services/project/status.py", "simulate/page.py",
    "simulate/plots.py", "simulate/table.py", "simulate/recipes.py", "training/ultralytics_program.py",
)  # fmt: skip
"""Said by a command, a report or a log, which are in English."""
METHODS = [*((pattern, "ignore") for pattern in NOT_SHOWN), ("**.py", "python")]


def errors() -> dict[str, tuple[int, ...]]:
    """Every class that comes from BoxwrightError: the first argument is its template."""
    classes: dict[str, set[str]] = {}
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                classes[node.name] = {base.id for base in node.bases if isinstance(base, ast.Name)}
    found = {"BoxwrightError"}
    while more := {name for name, bases in classes.items() if bases & found} - found:
        found |= more
    return dict.fromkeys(found, (1,))


def extracted() -> polib.POFile:
    texts: dict[str, str] = {}
    # An f-string is told of on standard error; that none says a sentence is tested.
    with redirect_stderr(StringIO()):
        found = list(extract_from_dir(APP, METHODS, keywords=KEYWORDS | errors()))
    for _, _, said, _, _ in found:
        one, many = said if isinstance(said, tuple) else (said, "")
        if many and texts.get(one, many) not in ("", many):
            raise ValueError(
                f"'{one}' is the one of '{texts[one]}' and of '{many}': a catalogue can hold but one of them"
            )
        if one:
            texts[one] = many or texts.get(one, "")
    template = polib.POFile(wrapwidth=0)
    template.metadata = {
        "Project-Id-Version": "Boxwright", "Language": "", "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8", "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": "nplurals=INTEGER; plural=EXPRESSION;",
    }  # fmt: skip
    for one in sorted(texts):
        flags = ["python-brace-format"] if re.search(r"\{\d", one) else []
        forms = {"msgid_plural": texts[one], "msgstr_plural": {0: "", 1: ""}} if texts[one] else {}
        template.append(polib.POEntry(msgid=one, flags=flags, **forms))
    return template


def update(catalogue: polib.POFile, template: polib.POFile) -> None:
    """The entries of `template`, translated as `catalogue` has them; the others are dropped."""
    known = {entry.msgid: entry for entry in catalogue}
    told = re.search(r"nplurals=(\d+)", catalogue.metadata["Plural-Forms"])
    assert told is not None
    forms = int(told[1])
    catalogue.clear()
    for entry in template:
        old = known.get(entry.msgid)
        made = polib.POEntry(msgid=entry.msgid, flags=list(entry.flags), msgid_plural=entry.msgid_plural)
        if old is not None:
            made.comment, made.tcomment = old.comment, old.tcomment
            made.flags += ["fuzzy"] if old.fuzzy else []
        if entry.msgid_plural:
            said = old.msgstr_plural if old is not None else {}
            made.msgstr_plural = {n: said.get(n, "") for n in range(forms)}
        elif old is not None:
            made.msgstr = old.msgstr
        catalogue.append(made)


def main(arguments: list[str]) -> int:
    template = extracted()
    if arguments == ["check"]:
        written = TEMPLATE.read_text(encoding="utf-8") if TEMPLATE.exists() else ""
        if written != str(template):
            print(f"{TEMPLATE.relative_to(ROOT)} is not current: run make translations.")
            return 1
        return 0
    template.save(str(TEMPLATE), newline="\n")
    for path in sorted(TRANSLATIONS.glob("*.po")):
        catalogue = polib.pofile(str(path), wrapwidth=0)
        update(catalogue, template)
        catalogue.save(newline="\n")
        left = len(catalogue.untranslated_entries())
        print(f"{path.name}: {len(catalogue) - left} of {len(catalogue)} translated")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
