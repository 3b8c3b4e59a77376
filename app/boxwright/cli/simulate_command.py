"""`boxwright simulate`: which rule for choosing images earns its keep on a labelled set."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from boxwright.cli.output import emit, fraction, json_option, progress_bar, sizes
from boxwright.domain.errors import SettingError
from boxwright.domain.image import Split
from boxwright.domain.progress import never

if TYPE_CHECKING:
    from boxwright.simulate.request import Request


@click.command("simulate")
@click.argument("dataset", type=click.Path(path_type=Path), required=False)
@click.option("--model", type=click.Path(path_type=Path), help="The ONNX file that every training starts from.")
@click.option("--out", type=click.Path(path_type=Path), help="Folder for the cells and the report.")
@click.option(
    "--samplers",
    help="What competes: names of samplers, each with settings of its own such as uncertainty:score=margin.  "
    "[random, the published rule and the default rule]",
)
@click.option("--initial", default="2%", show_default=True, help="The first batch, at random: N, or N% of the pool.")
@click.option("--step", default="10%", show_default=True, help="Each later batch: N, or N% of the pool.")
@click.option("--rounds", type=click.IntRange(min=1), default=4, show_default=True, help="Later batches.")
@click.option("--seeds", type=click.IntRange(min=1), default=5, show_default=True, help="Repeats of it all.")
@click.option(
    "--noise", type=click.IntRange(min=0), default=0, show_default=True, help="Also repeat one training so often."
)
@click.option(
    "--training",
    type=click.Choice(["restarted", "continued"]),
    default="restarted",
    show_default=True,
    help="Whether each round begins at the base, or goes on from the round before.",
)
@click.option("--steps", type=click.IntRange(min=1), default=300, show_default=True, help="Batches of a training.")
@click.option("--size", type=click.IntRange(min=64), help="Side of the square input in pixels.  [the base's own]")
@click.option("--test", help="What is measured on: a split of the dataset, or N% drawn by each seed.  [its test split]")
@click.option("--pool", default="", help="Make of the pool skewed:CLASS, or one with near-duplicates: duplicates.")
@click.option("--format", "format_name", help="The format of the dataset.  [recognised]")
@click.option(
    "--features", type=click.Path(path_type=Path), help="Folder for what the base sees, gigabytes.  [in --out]"
)
@click.option("--jobs", type=click.IntRange(min=1), help="Trainings at once.  [one for each core]")
@click.option(
    "--report", "report_of", type=click.Path(path_type=Path), help="Only write the report of this folder's cells again."
)
@json_option
def command(
    dataset: Path | None,
    model: Path | None,
    out: Path | None,
    report_of: Path | None,
    as_json: bool,
    **asked: Any,
) -> None:
    """Let samplers compete for the labels of DATASET, which plays the worker.

    Every finished training is kept in the folder --out, so that a stopped run goes on.
    """
    from boxwright.simulate.output import write_report
    from boxwright.simulate.request import experiment

    if report_of is not None:
        _tell(write_report(report_of), report_of, as_json)
        return
    if dataset is None or model is None or out is None:
        raise click.UsageError("An experiment needs a DATASET, --model and --out; --report DIR writes a report again.")
    with progress_bar("Simulating") as report:
        left_out = experiment(_request(dataset, model, out, asked), report, never)
    for sentence in left_out:
        click.echo(sentence, err=True)
    _tell(write_report(out), out, as_json)


def _request(dataset: Path, model: Path, out: Path, asked: Mapping[str, Any]) -> Request:
    from boxwright.inference.session import usable_cores
    from boxwright.simulate.arms import USUAL_ARMS, parse_arms
    from boxwright.simulate.plan import ExperimentPlan, Training
    from boxwright.simulate.request import Request
    from boxwright.training.pace import Pace

    size, arms = asked["size"], parse_arms(asked["samplers"] or USUAL_ARMS)
    if size is not None and size % 32:
        raise SettingError(f"The input size {size} is not a multiple of 32.")

    def plan(images: int) -> ExperimentPlan:
        first, step = (sizes(asked[name], images, f"--{name}") for name in ("initial", "step"))
        training, pace = Training(asked["training"]), Pace(steps=asked["steps"])
        return ExperimentPlan(arms, first, step, asked["rounds"], asked["seeds"], asked["noise"], training, size, pace)

    return Request(
        dataset,
        model,
        out,
        plan,
        asked["format_name"],
        _test(asked["test"]),
        asked["features"],
        asked["pool"],
        asked["jobs"] or usable_cores(),
    )


def _tell(report: dict[str, Any], out: Path, as_json: bool) -> None:
    from boxwright.simulate.output import PAGE
    from boxwright.simulate.verdict import verdict

    said = verdict(report)
    text = f"{said.text}\nThe figures and plots are in {out / PAGE}"
    emit({"out": str(out), "use": said.arm, "answer": said.text, **report}, text, as_json)


def _test(text: str | None) -> Split | float | None:
    if text is None or text.strip().endswith("%"):
        return None if text is None else fraction(text)
    try:
        return Split(text)
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is neither a split ({', '.join(Split)}) nor a share such as 20%.", param_hint="--test"
        ) from None
