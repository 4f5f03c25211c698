"""What the table of a study says beside its numbers, by hand."""

import pytest

from core.runs.studies.notes import losses_apart, luck_of

SKIPGRAM, CBOW = ("Skip-gram", "Skip-gram, nats per example"), ("CBOW", "CBOW, nats per example")


@pytest.mark.parametrize(
    ("measured", "of", "says"),
    [
        ([], 2, ""),
        ([SKIPGRAM], 1, ""),
        ([SKIPGRAM], 3, "Only Skip-gram has a held-out loss, so there is nothing to compare it with"),
        ([SKIPGRAM, SKIPGRAM], 3, ""),
        ([SKIPGRAM, CBOW], 2, "do not mean the same"),
        ([SKIPGRAM, CBOW], 3, "do not mean the same"),
    ],
)
def test_held_out_losses_are_said_to_be_apart_only_where_there_are_two(measured, of, says):
    said = losses_apart(measured, of)
    assert says in said
    assert bool(said) == bool(says)


def test_only_what_was_chosen_is_lucky():
    assert luck_of(1) == ""
    assert luck_of(3).startswith("The best of 3 scores")
