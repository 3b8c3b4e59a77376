"""Choosing among many, against a list kept by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from boxwright.ui.gallery.choice import TileSelection

COUNT = 9
STEPS = st.lists(st.tuples(st.sampled_from(["only", "toggle", "run_to"]), st.integers(0, COUNT - 1)), max_size=12)


@given(STEPS)
def test_any_row_of_clicks_leaves_what_a_file_manager_would(steps):
    choice, chosen, anchor = TileSelection(COUNT), set(), 0
    for how, place in steps:
        getattr(choice, how)(place)
        if how == "run_to":
            chosen = set(range(min(anchor, place), max(anchor, place) + 1))
        else:
            chosen = {place} if how == "only" else chosen ^ {place}
            anchor = place
        assert choice.current == place
        assert set(choice.places.tolist()) == chosen
        assert len(choice) == len(chosen)
