"""Process that Ultralytics runs in; see `ultralytics`. It says what `output_parser` understands.

Nothing is fetched, sent or installed: the package is told so by its variables and settings, and whatever would reach
for the network all the same is refused. Checkpoints are loaded with weights only, never unpickled whole.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path
from typing import Any

# Of the package: https://docs.ultralytics.com/usage/settings and its module `utils`.
VARIABLES = {"YOLO_OFFLINE": "true", "YOLO_AUTOINSTALL": "false", "ULTRALYTICS_SAFE_LOAD": "true"}
# Where it and its libraries keep what is theirs.
FOLDERS = ("YOLO_CONFIG_DIR", "MPLCONFIGDIR", "TORCHINDUCTOR_CACHE_DIR")
NETWORK = ("socket.getaddrinfo", "socket.gethostbyname", "socket.connect", "socket.sendto")
SILENT = (
    "sync",
    "clearml",
    "comet",
    "dvc",
    "hub",
    "mlflow",
    "neptune",
    "raytune",
    "tensorboard",
    "wandb",
    "vscode_msg",
)


def main(arguments: list[str]) -> int:
    said = _parsed(arguments)
    work = said.dataset.parent / "work"
    work.mkdir(exist_ok=True)
    # A settings folder of its own: that of the person stays as it is.
    os.environ.update(VARIABLES | dict.fromkeys(FOLDERS, str(work)))
    sys.addaudithook(_refuse_network)
    try:
        _train(said, work)
    except Exception as error:
        first = (str(error).strip().splitlines() or [""])[0]
        print(f"{type(error).__name__}: {first}", file=sys.stderr)  # noqa: T201 - its lines are what it tells
        return 1
    return 0


def _train(said: argparse.Namespace, work: Path) -> None:
    import torch
    import ultralytics
    from ultralytics.utils import SAFE_LOAD, SETTINGS

    if not SAFE_LOAD:
        raise RuntimeError("this Ultralytics cannot load a checkpoint with weights only; install a later one")
    torch.set_num_threads(said.threads)
    SETTINGS.update({key: False for key in SILENT if key in SETTINGS})
    model = ultralytics.YOLO(said.weights, task="detect")
    if model.task != "detect":
        raise RuntimeError(f"{said.weights} is made for '{model.task}', not for boxes")
    teller = EpochPrinter()
    model.add_callback("on_train_epoch_end", teller.trained)
    model.add_callback("on_fit_epoch_end", teller.measured)
    more = {} if said.learning_rate is None else {"optimizer": "AdamW", "lr0": said.learning_rate}
    model.train(
        data=str(said.dataset / "data.yaml"),
        epochs=said.epochs,
        imgsz=said.size,
        batch=said.batch,
        seed=said.seed,
        device=_device(said.device, torch),
        freeze=_frozen(model.model, said),
        project=str(work),
        name="run",
        # Half precision would be checked with a file from the network; plots want a font from there.
        amp=False,
        plots=False,
        workers=0,
        **more,
    )
    best = ultralytics.YOLO(str(model.trainer.best), task="detect")
    # Without NMS inside: the samplers want the whole class vector of every box. The simplifier is one more package.
    made = best.export(format="onnx", imgsz=said.size, device="cpu", simplify=False, nms=None)
    Path(made).replace(said.out)


class EpochPrinter:
    """Callback that prints each epoch once it is measured; the package measures once more after the last."""

    def __init__(self) -> None:
        self._trained = False

    def trained(self, _trainer: Any) -> None:
        self._trained = True

    def measured(self, trainer: Any) -> None:
        if not self._trained:
            return
        self._trained = False
        number = trainer.epoch + 1
        # By name, in earlier versions only in that order.
        items = trainer.tloss if isinstance(trainer.tloss, dict) else dict(zip(trainer.loss_names, trainer.tloss))
        losses = {name: float(value) for name, value in items.items()}
        boxes = sum(value for name, value in losses.items() if name != "cls_loss")
        told = {"epoch": number, "epochs": trainer.epochs, "loss": sum(losses.values()), "box_loss": boxes}
        told |= {"class_loss": losses.get("cls_loss", 0.0), "ap50": float(trainer.metrics["metrics/mAP50(B)"])}
        print(json.dumps(told), flush=True)  # noqa: T201


def _frozen(network: Any, said: argparse.Namespace) -> int:
    """How many layers from the input stay as they are: nothing of a network of random weights."""
    if not said.weights.endswith(".pt") or said.effort == "full":
        return 0
    return len(network.yaml["backbone"]) if said.effort == "thorough" else len(network.model) - 1


def _device(said: str, torch: Any) -> str:
    return "0" if said == "cuda" or (said == "auto" and torch.cuda.is_available()) else "cpu"


def _refuse_network(event: str, given: tuple[Any, ...]) -> None:
    # Addresses of this machine's own sockets are paths.
    inside = event in ("socket.connect", "socket.sendto") and not isinstance(given[1], tuple)
    if event in NETWORK and not inside:
        raise OSError("no network for a training program")


def _parsed(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    for name in ("dataset", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    for name in ("epochs", "size", "seed", "threads", "batch"):
        parser.add_argument(f"--{name}", type=int, required=True)
    for name in ("weights", "device", "effort"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--learning-rate", type=float)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
