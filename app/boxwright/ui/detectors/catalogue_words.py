"""Words about a detector of the catalogue: its row in the list, its details, and how far a download is."""

from __future__ import annotations

from boxwright.config.disk import size_words
from boxwright.domain.class_lists import named
from boxwright.domain.messages import N_
from boxwright.domain.progress import Progress
from boxwright.services.detectors.catalogue_entry import BASE, GUESS, CatalogueEntry
from boxwright.services.detectors.kept import KeptDetector
from boxwright.ui.language.translation import tr
from boxwright.ui.project.task import duration_words

COLUMNS = ("Detector", N_("Good for"), "AP", N_("Size"), N_("Licence"), N_("On this machine"))
GOOD_FOR = {GUESS: N_("guessing at once"), BASE: N_("training from")}
_SHOWN_CLASSES = 8


def row_words(entry: CatalogueEntry, here: KeptDetector | None) -> list[str]:
    """One for each of `COLUMNS`."""
    good = ", ".join(tr(GOOD_FOR[use]) for use in entry.good_for)
    ap = "–" if entry.ap is None else f"{entry.ap / 100:.3f}"
    return [entry.title, good, ap, _size(entry), entry.licence or tr("not said"), _here(here)]


def detail_rows(entry: CatalogueEntry, here: KeptDetector | None) -> list[tuple[str, str]]:
    """(what, words) of everything that is known of it."""
    rows = [
        (tr("Knows"), _classes(entry)),
        (tr("Trained on"), _trained(entry)),
        (tr("Network"), _network(entry)),
        (tr("Licence"), entry.licence or tr("not said: ask who made it")),
        (tr("Comes from"), entry.source),
        (tr("Pinned to"), entry.pinned_to or tr("nothing: another file may lie there tomorrow")),
        ("SHA-256", entry.sha256 or _unknown_hash(here)),
    ]
    if here is not None:
        rows.append((tr("Kept in"), str(here.file)))
    return [(what, words) for what, words in rows if words]


def transfer_words(progress: Progress) -> str:
    """`3.1 MB of 15.3 MB · 1.2 MB/s, 9 s left`, as far as it is known."""
    if progress.total:
        parts = [tr("{0} of {1}").format(size_words(progress.done), size_words(progress.total))]
    else:
        parts = [size_words(progress.done)]
    rate = []
    if progress.per_second >= 1:
        rate.append(tr("{0} a second").format(size_words(int(progress.per_second))))
    if progress.seconds_left is not None:
        rate.append(tr("{0} left").format(duration_words(progress.seconds_left)))
    return " · ".join((*parts, *([", ".join(rate)] if rate else [])))


def _size(entry: CatalogueEntry) -> str:
    if entry.bytes is not None:
        return size_words(entry.bytes)
    return tr("about {0}").format(size_words(entry.about_bytes)) if entry.about_bytes else "?"


def _here(here: KeptDetector | None) -> str:
    if here is None:
        return ""
    return tr("here") if here.seconds is None else tr("here, {0:.2g} s an image").format(here.seconds)


def _classes(entry: CatalogueEntry) -> str:
    names = named(entry.classes)
    if not names:
        return tr("the file says which classes, or you are asked")
    shown = ", ".join(names[:_SHOWN_CLASSES])
    if len(names) <= _SHOWN_CLASSES:
        return shown
    return tr("{0} classes: {1}, …").format(len(names), shown)


def _trained(entry: CatalogueEntry) -> str:
    if not entry.pretrained_on:
        return entry.trained_on
    return tr("{0}, after {1}, whose pictures are for research only").format(entry.trained_on, entry.pretrained_on)


def _network(entry: CatalogueEntry) -> str:
    parts = []
    if entry.input:
        parts.append(tr("input {0} × {0} pixels").format(entry.input))
    if entry.parameters:
        parts.append(tr("{0:.2g} million parameters").format(entry.parameters / 1e6))
    if entry.probabilities == "score":
        parts.append(tr("tells only the surest class of a box"))
    elif entry.probabilities:
        parts.append(tr("tells how sure it is of every class"))
    return "; ".join(parts)


def _unknown_hash(here: KeptDetector | None) -> str:
    if here is not None:
        return here.sha256
    return tr("not known yet: it is shown to you when the file has come")
