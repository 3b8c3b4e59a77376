"""The list of findings of a pool, without a window: what is open, what is shown, what comes next."""

from __future__ import annotations

import numpy as np

from boxwright.domain.finding import Disagreement, Finding, OpenFindings
from boxwright.ui.project.finding_list import KINDS, FindingList

MISSING, NAMED, EXTRA = Disagreement.MISSING, Disagreement.NAMED, Disagreement.EXTRA


def listed(*found: tuple[int, Disagreement]) -> FindingList:
    """(image, kind) of each, the largest disagreement first; ids from 1."""
    count = len(found)
    return FindingList(
        OpenFindings(
            np.arange(1, count + 1),
            np.array([image for image, _ in found], np.int64),
            tuple(str(kind) for _, kind in found),
            np.linspace(0.9, 0.1, count),
        )
    )


def finding(id_: int, kind: Disagreement) -> Finding:
    return Finding(id_, kind, 0.5, id_, None)


def test_one_image_may_come_again_further_down():
    findings = listed((7, MISSING), (8, NAMED), (7, EXTRA))
    assert findings.next_open(0, 1) == 1
    assert findings.rows_of(7) == [0, 2]
    assert findings.coming(-1, 3) == [7, 8]


def test_what_is_decided_is_stepped_over_and_counted_and_stays_in_sight():
    findings = listed((7, MISSING), (8, NAMED), (7, EXTRA))
    assert findings.revise(7, [finding(3, EXTRA)]) == [0]
    assert findings.revise(7, [finding(3, EXTRA)]) == []
    assert findings.next_open(-1, 1) == 1
    assert findings.next_open(1, -1) is None
    assert (findings.count(), findings.count(MISSING)) == (2, 0)
    assert findings.rows.tolist() == [0, 1, 2]
    findings.filter(None)
    assert findings.rows.tolist() == [1, 2]
    assert findings.revise(7, [finding(1, MISSING), finding(3, EXTRA)]) == [0], "undone"
    assert findings.count(MISSING) == 1


def test_a_kind_is_shown_alone_and_a_finding_that_changes_its_kind_is_counted_there():
    findings = listed((7, MISSING), (8, NAMED), (9, MISSING))
    findings.filter(MISSING)
    assert findings.rows.tolist() == [0, 2]
    assert findings.next_open(0, 1) == 2
    assert findings.revise(7, [finding(1, NAMED)]) == [0]
    assert (findings.count(MISSING), findings.count(NAMED)) == (1, 2)


def test_the_next_open_one_is_found_behind_thousands_of_decided_ones():
    findings = listed(*((n, KINDS[n % 3]) for n in range(20_000)))
    findings.open[:] = False
    findings.open[[3, 19_000]] = True
    assert findings.next_open(3, 1) == 19_000
    assert findings.next_open(19_000, -1) == 3
    assert findings.next_open(19_000, 1) is None
    assert findings.coming(-1, 5) == [3, 19_000]


def test_an_empty_list_has_nothing_to_come():
    findings = listed()
    assert (len(findings), findings.next_open(-1, 1), findings.coming(-1, 3), findings.rows_of(1)) == (0, None, [], [])
