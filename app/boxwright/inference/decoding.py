"""Running a decoder on outputs that may not be what the card says they are."""

from __future__ import annotations

import numpy as np

from boxwright.domain.card import DetectorCard
from boxwright.domain.errors import ModelError
from boxwright.domain.prediction import ProbKind
from boxwright.inference.decoders.base import Candidates, Decoder, Outputs


def decoded(
    decoder: Decoder, outputs: Outputs, count: int, card: DetectorCard, conf: float, file: str
) -> list[Candidates]:
    """What `decoder` makes of the outputs of `count` pictures. Raises ModelError when the card of `file` does not fit
    them: an option that is missing, shapes that it contradicts, another number of classes."""
    try:
        with np.errstate(all="ignore"):
            found = decoder.decode(outputs, count, card, conf)
    except ModelError as error:
        raise ModelError("{0}: {1}", file, error) from error
    except KeyError as error:
        raise ModelError(
            "The card of {0} lacks 'options.{1}', without which the layout '{2}' cannot be "
            "read; add the detector again.",
            file,
            error.args[0],
            card.layout,
        ) from error
    except (IndexError, TypeError, ValueError, OverflowError, AttributeError, MemoryError) as error:
        raise ModelError(
            "The outputs of {0} do not have the shapes that its card says in 'options' for '{1}'; "
            "mend the card or add the detector without it.",
            file,
            card.layout,
        ) from error
    expected = len(card.classes)
    for one in found:
        width = one.probs.shape[1] - (card.kind is ProbKind.SOFTMAX)
        if width != expected:
            raise ModelError(
                "{0} gives {1} class numbers for each box, but 'classes' of its card has {2} names; "
                "give exactly the list that it was trained on, in order.",
                file,
                width,
                expected,
            )
    return found
