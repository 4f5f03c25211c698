"""The guess of the label column."""

import pytest

from core.data.labels import guess_label

TEXTS = [f"this is review number {n}" for n in range(12)]


@pytest.mark.parametrize(
    ("columns", "expected"),
    [
        ({"text": TEXTS, "stars": ["1", "2", "1"] * 4}, "stars"),
        ({"text": TEXTS, "id": [str(n) for n in range(12)]}, None),
        ({"text": TEXTS, "year": ["2020", "2021"] * 6, "class": list("abcdef") * 2}, "class"),
        ({"text": TEXTS, "constant": ["x"] * 12}, None),
        ({"text": TEXTS, "label": [""] * 12}, None),
        ({"text": TEXTS, "label": ["pos"] * 12}, "label"),
        ({"text": ["yes", "no"] * 6, "other": TEXTS}, None),
        ({"text": TEXTS[:4], "label": ["a", "b"] * 2}, None),
    ],
)  # fmt: skip
def test_guess(columns, expected):
    rows = list(zip(*columns.values(), strict=True))
    assert guess_label(list(columns), rows, "text") == expected
