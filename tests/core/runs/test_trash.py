"""What the sweep takes away, by age and place."""

import os
import time

import pytest

from core.runs.store import Store
from core.runs.trash import sweep

DAY = 24 * 3600


@pytest.mark.parametrize(
    ("place", "age", "stays"),
    [
        ("derived/0a1b", 6 * DAY, True),
        ("derived/0a1b", 8 * DAY, False),
        ("runs/a-run/derived/0a1b", 80 * DAY, True),  # goes with its run
        ("derived/.0a1b.77-ff.tmp", 60, True),
        ("derived/.0a1b.77-ff.tmp", 2 * 3600, False),
        ("runs/a-run/derived/.0a1b.77-ff.tmp", 2 * 3600, False),
        ("runs/.a-run.77-ff.tmp", 2 * 3600, False),
        ("runs/a-run", 80 * DAY, True),
        ("corpora/.corpus.77-ff.tmp", 2 * 3600, False),
        ("corpora/a-corpus", 80 * DAY, True),
    ],
)
def test_what_the_sweep_takes_away(tmp_path, place, age, stays):
    workspace = Store(tmp_path).workspace()
    folder = workspace / place
    folder.mkdir(parents=True)
    (folder / "result.json").write_text("{}")
    moment = time.time() - age
    os.utime(folder, (moment, moment))
    sweep(workspace)
    assert folder.exists() == stays
