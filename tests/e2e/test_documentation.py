"""What the documentation says can be typed and clicked, and what can be typed is documented."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from boxwright.cli.app import COMMANDS, group
from boxwright.config import paths

REPOSITORY = Path(__file__).resolve().parents[2]
GUIDE = REPOSITORY / "docs" / "guide"
PAGES = sorted([*REPOSITORY.glob("*.md"), *(REPOSITORY / "docs").rglob("*.md")])
BESIDE_CODE = sorted(
    file for folder in ("models", "resources", ".github") for file in (REPOSITORY / folder).rglob("*.md")
)


def every_command() -> Iterator[tuple[str, click.Command]]:
    """("model add", its command) and so on; groups are left out."""
    context = click.Context(group, info_name="boxwright")
    for name in COMMANDS:
        command = group.get_command(context, name)
        assert command is not None, name
        if isinstance(command, click.Group):
            yield from ((f"{name} {sub}", inner) for sub, inner in command.commands.items())
        else:
            yield name, command


def section(name: str) -> str:
    """The part of commands.md under the heading of command `name`, or nothing."""
    text = (GUIDE / "commands.md").read_text(encoding="utf-8")
    found = re.search(rf"^#+ boxwright {re.escape(name)}\n(.*?)(?=^#+ |\Z)", text, re.MULTILINE | re.DOTALL)
    return found.group(1) if found else ""


def options(command: click.Command) -> set[str]:
    """The long names a person may type, `--help` left out."""
    every = [p for p in command.params if isinstance(p, click.Option) and not p.hidden]
    return {name for option in every for name in [*option.opts, *option.secondary_opts] if name.startswith("--")}


def typed_lines(page: Path) -> Iterator[list[str]]:
    """The words after `boxwright` of every command line that a page shows in a block; synopses are left out."""
    text = page.read_text(encoding="utf-8").replace("\\\n", " ")
    for line in re.findall(r"^(?:    |\$ )?(?:\.venv/bin/)?boxwright +(.*)$", text, re.MULTILINE):
        words = shlex.split(line, comments=True)
        if words and words[0] in COMMANDS and not re.search(r"[\[|]", line):
            yield words


def check_typed(words: list[str]) -> None:
    """Raises click.UsageError when no such command or option exists."""
    context = click.Context(group, info_name="boxwright")
    command = group.get_command(context, words[0])
    rest = words[1:]
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=words[0], parent=context)
        _, command, rest = command.resolve_command(context, rest)
    assert command is not None
    inner = click.Context(command, info_name=command.name, parent=context)
    command.make_parser(inner).parse_args(rest)


@pytest.mark.quick
@pytest.mark.parametrize("name", [name for name, _ in every_command()])
def test_every_command_and_option_is_documented_and_no_other(name: str) -> None:
    command = dict(every_command())[name]
    text = section(name)
    assert text, f"docs/guide/commands.md has no section 'boxwright {name}'."
    written = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", text))
    assert options(command) - written == set(), "options that are not documented"
    assert written - options(command) - {"--help"} == set(), "documented options that do not exist"


@pytest.mark.quick
@pytest.mark.parametrize("name", [name for name, _ in every_command()])
def test_every_command_and_option_explains_itself(name: str) -> None:
    command = dict(every_command())[name]
    assert command.get_short_help_str(), f"'boxwright {name}' has no help text."
    silent = [p.name for p in command.params if isinstance(p, click.Option) and not p.help]
    assert silent == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_line_that_a_page_shows_can_be_typed(page: Path) -> None:
    for words in typed_lines(page):
        check_typed(words)


def test_a_line_that_cannot_be_typed_is_noticed() -> None:
    with pytest.raises(click.UsageError):
        check_typed(["next", "project", "--sise", "50"])
    with pytest.raises(click.UsageError):
        check_typed(["model", "ad", "project"])


@pytest.mark.parametrize("page", [*PAGES, *BESIDE_CODE], ids=lambda page: str(page.relative_to(REPOSITORY)))
def test_every_link_leads_to_a_file(page: Path) -> None:
    """Anchors, and links as the site has them, are held to by test_site."""
    text = page.read_text(encoding="utf-8")
    for target in re.findall(r"\]\(([^)#\s]+)", text):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.name} links to {target}, which is not there."


def test_every_make_target_that_a_page_names_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (REPOSITORY / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for page in PAGES:
        named = re.findall(r"(?:^    |`)make ([a-z-]+)", page.read_text(encoding="utf-8"), re.MULTILINE)
        assert set(named) <= targets, f"{page.name} names make targets that do not exist: {set(named) - targets}"


def test_the_guide_shows_the_training_program_that_the_tests_run() -> None:
    program = (GUIDE / "train_detector.py").read_text(encoding="utf-8")
    shown = "".join(f"    {line}".rstrip() + "\n" for line in program.splitlines())
    assert shown in (GUIDE / "retraining-commands.md").read_text(encoding="utf-8")


def test_pins_that_a_page_shows_are_those_that_are_installed() -> None:
    pins = dict(re.findall(r"^([\w.-]+)==(\S+)$", paths.constraints().read_text(encoding="utf-8"), re.MULTILINE))
    shown = re.findall(
        r"\b([\w.-]+)==(\d[\d.]*)", "".join(page.read_text(encoding="utf-8") for page in GUIDE.glob("*.md"))
    )
    assert ("torch", pins["torch"]) in shown
    assert [(name, version) for name, version in shown if pins.get(name) != version] == []
