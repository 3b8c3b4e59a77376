"""Choice among the formats that a folder may be in: the one that holds the labels, not the one told most surely."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from boxwright.config.logging import keep_in_log
from boxwright.domain.errors import BoxwrightError
from boxwright.domain.messages import Message
from boxwright.formats.base import Format, FormatGuess
from boxwright.formats.finding import files_below, is_dir, listed_once

# Of these many bytes a format is read to count its labels; of larger ones the number is not known.
_MOST_BYTES = 64 << 20
_BINARY = (".tfrecord", ".record", ".parquet")
_TEXTS = (".json", ".jsonl", ".xml", ".txt", ".csv", ".tsv", *_BINARY)
_MOST_GUESSES = 5
# So many times the labels outweigh how sure a format is told.
_CLEARLY = 1.25
_NEARLY = 0.9
_AS_SURE = 0.05


def weighed(path: Path, guesses: Sequence[FormatGuess], by_name: Callable[[str], Format]) -> list[FormatGuess]:
    """`guesses` about `path`, each with the number of images that it has boxes for, the one to take first. One guess is
    not looked into. `by_name` gives a format."""
    if len(guesses) < 2:
        return list(guesses)
    with listed_once():
        known = _is_small(path)
        counted = [
            replace(guess, labels=_count(path, by_name(guess.format)) if known else None)
            for guess in guesses[:_MOST_GUESSES]
        ]
    found = [*counted, *guesses[_MOST_GUESSES:]]
    best = max(found, key=_weight)
    if best is not found[0] and found[0].labels is not None and _weight(best) > _CLEARLY * _weight(found[0]):
        found.remove(best)
        found.insert(0, best)
    return found


def are_alike(first: FormatGuess, second: FormatGuess) -> bool:
    """Whether a person has to say which of two formats is meant, `first` being the one to take."""
    if first.labels is None or second.labels is None:
        return first.confidence == second.confidence
    if first.confidence == second.confidence:
        return _weight(first) <= _CLEARLY * _weight(second)
    near = _NEARLY * first.labels <= second.labels <= first.labels / _NEARLY and first.labels != second.labels
    return near and abs(first.confidence - second.confidence) <= _AS_SURE


def also_words(guesses: Sequence[FormatGuess], chosen: str) -> list[str]:
    """A sentence for each other format that there are labels in."""
    return [
        Message(
            "There are also labels of the format {0}, for {1} images; say --format {0} to read those.",
            guess.format,
            guess.labels,
        )
        for guess in guesses
        if guess.format != chosen and guess.labels
    ]


def _weight(guess: FormatGuess) -> float:
    return (guess.labels or 0) * guess.confidence


def _is_small(path: Path) -> bool:
    size = 0
    for file in files_below(path) if is_dir(path) else ():
        if file.name.lower().endswith(_TEXTS):
            try:
                size += file.stat().st_size
            except OSError:
                continue
            if size > _MOST_BYTES:
                return False
    return True


def _count(path: Path, known: Format) -> int:
    """The images with boxes; 0 where it cannot be read."""
    try:
        return sum(image.labeled and image.box_count > 0 for image in known.read(path, []).images)
    except BoxwrightError:
        return 0
    except Exception as error:
        keep_in_log(f"{path} as {known.name}", error)
        return 0
