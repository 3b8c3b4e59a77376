"""Options that only one trainer has."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QLineEdit, QVBoxLayout, QWidget

from boxwright.config.own_program import is_bundle, own_executable
from boxwright.domain.messages import N_
from boxwright.training.command_options import FORMATS, CommandOptions
from boxwright.ui.language.translation import tr
from boxwright.ui.widgets.dialog import plain_label
from boxwright.ui.widgets.path_field import PathField


@dataclass(frozen=True)
class Option:
    """Option of a trainer.

    `key` in the trainer's options. `pattern`: it is a file of that kind, looked for with a button. `needed`: without
    it there is nothing to train with. `read` makes the value of what was typed and raises ValueError; `show` turns a
    value into what is typed.
    """

    key: str
    title: str
    hint: str
    pattern: str = ""
    needed: bool = False
    read: Callable[[str], Any] = str
    show: Callable[[Any], str] = str


def arguments(text: str) -> list[str]:
    """A command line as a list of arguments: split as a shell would, never given to one. Raises ValueError."""
    try:
        return shlex.split(text)
    except ValueError as error:
        raise ValueError(
            tr("The command line cannot be read ({0}): check its quotes.").format(str(error).lower())
        ) from error


OPTIONS: Mapping[str, Option] = {
    "command": Option(
        "arguments",
        N_("Command"),
        N_(
            "Your program and its arguments, such as: python train.py {dataset} {out}. {dataset} becomes the folder of "
            "the labelled images, {out} the path where the ONNX file is looked for."
        ),
        needed=True,
        read=arguments,
        show=shlex.join,
    ),
    "ultralytics": Option(
        "weights",
        N_("Checkpoint"),
        N_("A local .pt file to start from. Nothing is downloaded; left empty, a network learns from random weights."),
        N_("Checkpoints (*.pt *.yaml)"),
    ),
}


class OptionField(QWidget):
    """Field of an option. Hidden for a trainer without an option of its own."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._option: Option | None = None
        self._trainer = ""
        self.line = QLineEdit()
        self.line.setAccessibleName(tr("Option of the trainer"))
        self.line.setMinimumHeight(24)
        self.line.textChanged.connect(lambda _: self.changed.emit())
        self.path = PathField(tr("Checkpoint"), tr("All files (*)"))
        self.path.changed.connect(lambda _: self.changed.emit())
        self.format = QComboBox()
        self.format.setAccessibleName(tr("Dataset format"))
        for name in FORMATS:
            self.format.addItem(tr("{{dataset}} in the format {0}").format(name.upper()), name)
        self.format.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.hint = plain_label(quiet=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for widget in (self.line, self.path, self.format, self.hint):
            layout.addWidget(widget)
        self.hide()

    @property
    def title(self) -> str:
        return self._option.title if self._option else ""

    @property
    def can_choose_program(self) -> bool:
        """Whether the option is a command line, and nothing is in it."""
        return self._trainer == "command" and not self.line.text().strip()

    def choose_program(self) -> None:
        """Let a person look for the program; what it needs to be told is filled in."""
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Your training program"), str(Path.home()))
        if chosen:
            python = "python" if is_bundle() else own_executable()
            program = [python, chosen] if chosen.endswith(".py") else [chosen]
            self.line.setText(f"{shlex.join(program)} {{dataset}} {{out}}")
            self.line.setFocus()

    def show_for(self, trainer: str, kept: Mapping[str, Any]) -> None:
        """Offer the option of `trainer`, with the value in `kept` where it has one."""
        option = self._option = OPTIONS.get(trainer)
        self._trainer = trainer
        self.format.setVisible(trainer == "command")
        self.format.setCurrentIndex(max(0, self.format.findData(kept.get("dataset_format"))))
        self.setVisible(option is not None)
        if option is None:
            return
        self.line.setVisible(not option.pattern)
        self.path.setVisible(bool(option.pattern))
        self.line.setAccessibleName(tr(option.title))
        self.hint.setText(tr(option.hint))
        value = kept.get(option.key)
        text = option.show(value) if value is not None else ""
        if option.pattern:
            self.path.path = Path(text) if text else None
        else:
            self.line.setText(text)

    def values(self) -> dict[str, Any]:
        """The trainer's options. Raises ValueError and SettingError with a sentence."""
        if self._option is None:
            return {}
        text = str(self.path.path or "") if self._option.pattern else self.line.text().strip()
        if not text:
            if self._option.needed:
                raise ValueError(tr("Fill in “{0}” first.").format(self._option.title))
            return {}
        values = {self._option.key: self._option.read(text)}
        if self._trainer == "command":
            values["dataset_format"] = self.format.currentData()
            # Finds what is missing before anything is started.
            CommandOptions.read(values)
        return values
