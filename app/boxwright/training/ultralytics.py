"""The trainer `ultralytics`: YOLO models of the package of that name, which is AGPL-3.0 and an extra of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from boxwright.config.own_program import own_command
from boxwright.config.packages import command_line
from boxwright.domain.errors import SettingError, TrainingError
from boxwright.domain.messages import Message
from boxwright.domain.progress import ShouldStop
from boxwright.training.checks import not_installed
from boxwright.training.command_options import CommandOptions
from boxwright.training.handover import check_handover, recipe_for, train_by_program
from boxwright.training.protocol import BaseModel, Candidate, TrainingSet, TrainReport, TrainSettings

PARTS = ("ultralytics", "torchvision", "torch", "onnx")
PROGRAM = "boxwright.training.ultralytics_program"
ARCHITECTURE = "yolo11n.yaml"


class UltralyticsTrainer:
    """Trainer `ultralytics`.

    Option `weights`: a checkpoint file (.pt) to go on from, or an architecture (.yaml, a file or one of the
    package's own such as yolov8n.yaml) to begin with random weights. The package is only loaded by a program of its
    own, without a network.
    """

    name, title = "ultralytics", Message("Ultralytics")
    summary = Message(
        "YOLOv5, 8, 11 or 26 by the package Ultralytics (AGPL-3.0), from a checkpoint of yours or from nothing."
    )
    needs_base_model = False

    def obstacle(self) -> str | None:
        if not (missing := not_installed(PARTS)):
            return None
        return Message(
            "This trainer needs {0}; install what is missing with: {1} "
            "(Ultralytics is AGPL-3.0, which may bind what you make with it).",
            ", ".join(missing),
            command_line("trainers", "--install", "ultralytics"),
        )

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """None: the package does not tell before it has begun."""
        self._checked(dataset, settings)
        return None

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        """`base_model` is not looked at: an ONNX file cannot be trained on by this package. See `Trainer.train`."""
        weights = self._checked(dataset, settings)
        recipe = recipe_for(settings)
        arguments = own_command(PROGRAM, "--weights={weights}", "--dataset={dataset}", "--out={out}")
        arguments += ["--epochs={epochs}", "--size={size}", "--seed={seed}", "--device={device}", "--threads={threads}"]
        arguments += [f"--batch={recipe.batch}", f"--effort={settings.effort}"]
        if settings.learning_rate is not None:
            arguments.append(f"--learning-rate={recipe.learning_rate}")
        # Copies: the package rewrites damaged JPEG files in place.
        options = CommandOptions(tuple(arguments), "yolo", copy_images=True)
        return train_by_program(options, {"weights": weights}, dataset, settings, report, should_stop)

    def _checked(self, dataset: TrainingSet, settings: TrainSettings) -> str:
        """The weights. Raises `SettingError` and `TrainingError`."""
        weights = _weights(settings.options)
        recipe_for(settings)
        check_handover(dataset)
        if (problem := self.obstacle()) is not None:
            raise TrainingError(problem)
        return weights


def _weights(options: Any) -> str:
    if strange := [key for key in options if key != "weights"]:
        raise SettingError("The trainer 'ultralytics' has no option '{0}'; it has weights.", strange[0])
    said = options.get("weights") or ARCHITECTURE
    if not isinstance(said, str) or Path(said).suffix not in (".pt", ".yaml", ".yml"):
        raise SettingError(
            "The option 'weights' is a checkpoint (.pt) or an architecture such as {0}, not '{1}'.", ARCHITECTURE, said
        )
    file = Path(said).expanduser().absolute()
    if file.is_file():
        return str(file)
    if file.suffix == ".pt" or Path(said).name != said:
        raise SettingError(
            "There is no file {0}; nothing is fetched from a network, so name a checkpoint that is on this machine.",
            file,
        )
    return said
