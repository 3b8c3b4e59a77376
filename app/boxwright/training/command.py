"""The trainer `command`: a program of the person's own. It gets a dataset folder and leaves an ONNX file."""

from __future__ import annotations

from boxwright.domain.messages import Message
from boxwright.domain.progress import ShouldStop
from boxwright.training.command_options import CommandOptions
from boxwright.training.handover import check_handover, recipe_for, train_by_program
from boxwright.training.protocol import BaseModel, Candidate, TrainingSet, TrainReport, TrainSettings


class CommandTrainer:
    """Trainer `command`. Options: see `CommandOptions`. What the program may print: see `output_parser`."""

    name, title = "command", Message("A program of your own")
    summary = Message(
        "A training program of your own: it gets the labelled images as a dataset folder and leaves an ONNX file."
    )
    needs_base_model = False

    def obstacle(self) -> str | None:
        return None

    def estimate(self, dataset: TrainingSet, base_model: BaseModel | None, settings: TrainSettings) -> float | None:
        """None: how long a program takes, only that program knows."""
        CommandOptions.read(settings.options)
        recipe_for(settings)
        check_handover(dataset)
        return None

    def train(
        self,
        dataset: TrainingSet,
        base_model: BaseModel | None,
        settings: TrainSettings,
        report: TrainReport,
        should_stop: ShouldStop,
    ) -> Candidate:
        """See `Trainer.train`. `base_model` is only the file that {base} stands for."""
        options = CommandOptions.read(settings.options)
        base = None if base_model is None else str(base_model.onnx.absolute())
        return train_by_program(options, {"base": base}, dataset, settings, report, should_stop)
