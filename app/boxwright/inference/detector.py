"""Detector: an open ONNX session, its card, and the three stages from picture to boxes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from boxwright.config.onnx_runtime import Array
from boxwright.domain.card import DetectorCard, InputSpec
from boxwright.domain.errors import ModelError
from boxwright.domain.messages import Message
from boxwright.domain.prediction import Detections, ProbKind
from boxwright.inference.card_checks import check_card
from boxwright.inference.decoders.base import Candidates, Decoder
from boxwright.inference.decoding import decoded
from boxwright.inference.features import Tapped, open_with_taps, pooled
from boxwright.inference.inspect import inspect_session
from boxwright.inference.nms import nms
from boxwright.inference.preprocess import Prepared, prepare
from boxwright.inference.probe import check_size, size_feeds, split_inputs
from boxwright.inference.session import OpenSession, open_session, refuse_hungry
from boxwright.inference.spec import TensorSpec


@dataclass(frozen=True, eq=False)
class RunOutput:
    """Outputs of one run.

    The outputs of one run for `count` pictures, and their (count,D) float16 features where the detector was opened
    with them.
    """

    count: int
    outputs: dict[str, Array]
    features: NDArray[np.float16] | None = None


class Detector:
    """Open detector: session, card and the three stages from picture to boxes.

    Thread-safe: `prepare`, `run` and `finish` may each be called from threads of their own.
    """

    def __init__(self, opened: OpenSession, card: DetectorCard, file: str, tapped: Tapped | None = None) -> None:
        """Use `open`. Raises ModelError when the card names a layout or an output that does not exist."""
        self._session = opened.session
        self._picture, self._sizes = split_inputs(opened.inputs, file)
        self._outputs = [t.name for t in opened.outputs]
        self._decoder: Decoder = check_card(card, self._outputs, Message("The card of {0}", file))
        self._tapped = tapped
        self._file = file
        self.card = card
        self.device = opened.device
        self.device_note = opened.note
        _check_input(self._picture, card.input, file)
        check_size(card.input.width, card.input.height, 1, file)
        alone = card.options.get("one_by_one") or not self._picture.batched
        self.batch_size = 1 if alone else self._picture.shape[0]
        """Pictures in one run; None when the file takes any number."""

    @staticmethod
    def open(
        path: Path,
        card: DetectorCard | None = None,
        device: str = "auto",
        threads: int | None = None,
        features: bool = False,
    ) -> Detector:
        """Open the ONNX file `path`.

        card: how to read it; without one the card file beside it and what the file shows of itself decide.
        device: "auto", "cpu" or "cuda". threads: CPU threads, None for one per usable core. features: also tell what
        it sees on each whole image, where the file offers it: see `offers_features`.
        Raises ModelError when it cannot be opened, is not recognised, or its class names are not known.
        """
        path = Path(path)
        opened = open_session(path, device, threads)
        if card is None or not card.options:
            card = inspect_session(opened, path, card).usable_card()
        if features and (tapped := open_with_taps(path, opened, card.input, device, threads)):
            return Detector(tapped.opened, card, path.name, tapped)
        return Detector(opened, card, path.name)

    @property
    def offers_features(self) -> bool:
        """Whether each run tells the features of its pictures."""
        return self._tapped is not None

    def detect(
        self,
        images: Sequence[NDArray[np.uint8]],
        conf: float = 0.05,
        iou: float = 0.6,
        class_agnostic: bool = False,
        max_boxes: int = 300,
    ) -> list[Detections]:
        """Boxes on each (H,W,3) BGR uint8 upright picture, in its pixels; see `finish`."""
        prepared = [self.prepare(image) for image in images]
        return self.finish(self.run(prepared), prepared, conf, iou, class_agnostic, max_boxes)

    def prepare(self, image: NDArray[np.uint8], size: tuple[int, int] | None = None) -> Prepared:
        """The input tensor of one picture. size: (width, height) pixels of the upright file when `image` is a smaller
        decoding of it; boxes then come in the file's pixels."""
        # Half precision has an end that a card may lead beyond.
        with np.errstate(over="ignore"):
            return prepare(image, self.card.input, size)

    def run(self, prepared: Sequence[Prepared]) -> list[RunOutput]:
        """Inference alone, in runs of `batch_size`. Raises ModelError when the detector fails."""
        step = self.batch_size or max(1, len(prepared))
        return [c for i in range(0, len(prepared), step) for c in self._run(prepared[i : i + step], step)]

    def _run(self, prepared: Sequence[Prepared], step: int) -> list[RunOutput]:
        tensor = np.stack([p.tensor for p in prepared])
        if self.batch_size and len(prepared) < step:
            tensor = np.concatenate([tensor, np.zeros((step - len(prepared), *tensor.shape[1:]), tensor.dtype)])
        spec = self.card.input
        fed = tensor if self._picture.batched else tensor[0]
        feeds = {self._picture.name: fed, **size_feeds(self._sizes, len(tensor), spec.width, spec.height)}
        try:
            answers = self._session.run(self._outputs, feeds)
        except Exception as error:  # the library's errors have no common base
            if self.batch_size is None and len(prepared) > 1:
                # Exported with an open batch size, but something inside holds it fixed.
                self.batch_size = 1
                return [c for p in prepared for c in self._run([p], 1)]
            refuse_hungry(self._file, error)
            why = str(error).strip().splitlines()[0][:300]
            raise ModelError("{0} failed on a picture: ONNX Runtime says: {1}", self._file, why) from error
        outputs = dict(zip(self._outputs, (np.asarray(a) for a in answers)))
        return [RunOutput(len(prepared), outputs, self._features(outputs, prepared))]

    def _features(self, outputs: dict[str, Array], prepared: Sequence[Prepared]) -> NDArray[np.float16] | None:
        if self._tapped is None:
            return None
        taps = self._tapped.taps
        rows = [pooled(outputs, taps, row, one.placement) for row, one in enumerate(prepared)]
        for name in self._tapped.extra:
            # Megabytes each, and no decoder knows them.
            del outputs[name]
        return np.stack(rows)

    def finish(
        self,
        outputs: Sequence[RunOutput],
        prepared: Sequence[Prepared],
        conf: float = 0.05,
        iou: float = 0.6,
        class_agnostic: bool = False,
        max_boxes: int = 300,
    ) -> list[Detections]:
        """Decode, suppress and place back. One `Detections` per picture, best score first.

        conf: lowest score kept, 0..1. iou: boxes of one class (of any, when `class_agnostic`) that overlap a better
        one more than this go; detectors that suppress inside are left as they are. max_boxes: per picture.
        """
        found: list[Candidates] = []
        for chunk in outputs:
            found += decoded(self._decoder, chunk.outputs, chunk.count, self.card, conf, self._file)
        return [
            self._kept(candidates, p, iou, class_agnostic, max_boxes)
            for candidates, p in zip(found, prepared, strict=True)
        ]

    def _kept(
        self, found: Candidates, prepared: Prepared, iou: float, class_agnostic: bool, max_boxes: int
    ) -> Detections:
        kind = self.card.kind
        judged = found.probs[:, :-1] if kind is ProbKind.SOFTMAX else found.probs
        labels = judged.argmax(axis=1) if judged.size else np.zeros(0, dtype=np.int64)
        scores = judged.max(axis=1, initial=0.0)
        boxes = prepared.placement.to_picture(found.boxes)
        solid = np.flatnonzero((boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]))
        if self._decoder.suppressed:
            order = solid[np.argsort(-scores[solid], kind="stable")][:max_boxes]
        else:
            groups = None if class_agnostic else labels[solid]
            # Before the clipping, which would make two different boxes at the edge alike.
            order = solid[nms(found.boxes[solid], scores[solid], groups, iou, max_boxes)]
        return Detections(
            boxes=boxes[order],
            scores=scores[order].astype(np.float32),
            labels=labels[order].astype(np.int64),
            probs=found.probs[order].astype(np.float32),
            kind=kind,
            best_raw=found.best_raw,
        )


def _check_input(picture: TensorSpec, spec: InputSpec, file: str) -> None:
    """Raises ModelError when the card's input is not what the file takes."""
    layout = "nhwc" if picture.nhwc else "nchw"
    if spec.dtype != picture.dtype or spec.layout != layout:
        raise ModelError(
            "The card of {0} says {1} {2}, but the file takes {3} {4}; mend the card.",
            file,
            spec.dtype,
            spec.layout,
            picture.dtype,
            layout,
        )
    for side, given, fixed in zip(("width", "height"), (spec.width, spec.height), picture.size):
        if fixed is not None and given != fixed:
            raise ModelError(
                "{0} only takes an input {1} of {2} pixels, not {3}; leave the size out.", file, side, fixed, given
            )
