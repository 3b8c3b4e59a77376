import numpy as np

from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import LayoutGuess, dense


class ScoresFirst:
    name, title, suppressed = "scores-first", "A score for every class, then x1 y1 x2 y2 in shares of the input", False

    def guess(self, spec):
        if (found := spec.output("scores_corners")) is None:
            return None
        prepared, why = spec.input_spec(channels="rgb", resize="stretch"), ("an output called scores_corners",)
        return LayoutGuess(self.name, 0.99, ProbKind.SIGMOID, found.shape[2] - 4, prepared, {"output": found.name}, why)

    def decode(self, outputs, count, card, conf):
        sides = np.float32((card.input.width, card.input.height) * 2)
        return [dense(r[:, -4:], r[:, :-4], conf, lambda b, _: b * sides) for r in outputs[card.options["output"]]]
