"""Known lists of class names, for detectors that do not name their classes: COCO's and Pascal VOC's."""

from __future__ import annotations

from dataclasses import dataclass

GAP = "N/A"
"""Stands in a list where a number has no class; no box has it."""

# COCO's ids 1 to 90 in order; those of the ten names that no annotation uses are gaps.
_COCO = (
    "person, bicycle, car, motorcycle, airplane, bus, train, truck, boat, traffic light, fire hydrant, N/A, stop sign, "
    "parking meter, bench, bird, cat, dog, horse, sheep, cow, elephant, bear, zebra, giraffe, N/A, backpack, umbrella, "
    "N/A, N/A, handbag, tie, suitcase, frisbee, skis, snowboard, sports ball, kite, baseball bat, baseball glove, "
    "skateboard, surfboard, tennis racket, bottle, N/A, wine glass, cup, fork, knife, spoon, bowl, banana, apple, "
    "sandwich, orange, broccoli, carrot, hot dog, pizza, donut, cake, chair, couch, potted plant, bed, N/A, "
    "dining table, N/A, N/A, toilet, N/A, tv, laptop, mouse, remote, keyboard, cell phone, microwave, oven, toaster, "
    "sink, refrigerator, N/A, book, clock, vase, scissors, teddy bear, hair drier, toothbrush"
)
_VOC = (
    "aeroplane, bicycle, bird, boat, bottle, bus, car, cat, chair, cow, diningtable, dog, horse, motorbike, person, "
    "pottedplant, sheep, sofa, train, tvmonitor"
)


@dataclass(frozen=True)
class ClassList:
    """List of class names in the order of a detector's outputs.

    `key` is what a person types; `title` names the data set. `names` may hold `GAP`. `counts`: the numbers of classes
    that a detector trained on it has.
    """

    key: str
    title: str
    names: tuple[str, ...]
    counts: tuple[int, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """The names without the gaps."""
        return named(self.names)


def named(names: tuple[str, ...]) -> tuple[str, ...]:
    """`names` without gaps."""
    return tuple(name for name in names if not is_gap(name))


def is_gap(name: str) -> bool:
    """Whether `name` stands for a number without a class."""
    return name.strip().upper() == GAP


_IDS = tuple(_COCO.split(", "))

CLASS_LISTS = (
    ClassList("coco80", "COCO", named(_IDS), (80,)),
    # Outputs are numbered by id, and 0 is none; some exporters leave it out, which the inspection of a file sees.
    ClassList("coco91", "COCO", (GAP, *_IDS), (91, 90)),
    ClassList("voc20", "Pascal VOC", tuple(_VOC.split(", ")), (20,)),
)


def class_list(key: str) -> ClassList | None:
    """The list that a person calls `key`, whatever the case."""
    return next((known for known in CLASS_LISTS if known.key == key.strip().lower()), None)


def numbers(count: int) -> list[str]:
    """Names for `count` classes that nobody names."""
    return [str(number) for number in range(count)]


def lists_of(count: int | None) -> tuple[ClassList, ...]:
    """Lists that a detector with `count` nameless classes may have been trained on; all where it does not tell how
    many it has."""
    return tuple(known for known in CLASS_LISTS if count is None or count in known.counts)
