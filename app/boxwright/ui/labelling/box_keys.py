"""Keys of boxes on screen: an annotation by uid, a pre-label by prediction id."""

from __future__ import annotations

from typing import Literal

from boxwright.domain.annotation import Annotation
from boxwright.domain.labels import ImageLabels
from boxwright.domain.prediction import Prediction

AnnotationKey = tuple[Literal["annotation"], str]
PredictionKey = tuple[Literal["prediction"], int]
Key = AnnotationKey | PredictionKey


def annotation_key(uid: str) -> AnnotationKey:
    return ("annotation", uid)


def prediction_key(prediction_id: int) -> PredictionKey:
    return ("prediction", prediction_id)


def item_of(labels: ImageLabels | None, key: Key) -> Annotation | Prediction:
    """The annotation or pre-label behind `key`. Raises KeyError for a box that is not of this image."""
    if labels is None:
        raise KeyError(key)
    if key[0] == "annotation":
        return labels.annotations[key[1]]
    return labels.predictions[key[1]]
