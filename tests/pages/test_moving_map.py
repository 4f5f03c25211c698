"""The moving map: frames of one size, a word far out at the rim, colours by direction."""

import numpy as np
import pytest

from core.runs.frames import Frame
from pages.ui.moving_map import RIM, caption, newest_map, recording
from pages.ui.moving_map import _scaled as scaled


def test_spread_does_not_matter_and_a_stray_word_stays_in_the_picture():
    cloud = np.random.default_rng(1).normal(size=(1000, 2)).astype(np.float32)
    small, large = scaled(cloud * 0.01), scaled(cloud * 7)
    assert np.allclose(small, large, atol=1e-4)
    assert np.quantile(np.hypot(*small.T), 0.99) == pytest.approx(1.0, abs=0.02)
    cloud[0] = [5000, 0]
    stray = scaled(cloud)
    assert np.hypot(*stray.T).max() <= RIM + 1e-4
    assert np.hypot(*stray[1:].T).mean() > 0.2
    assert np.isfinite(scaled(np.zeros((5, 2), np.float32))).all()


def test_a_recording_holds_words_counts_and_all_frames(full_home):
    run = full_home.runs()[0]
    frames = full_home.frames(run.id)
    found = recording(run, frames)
    assert found.positions.shape == (len(frames), len(found.words), 2)
    assert found.words[0] == "the"
    assert found.counts[0] == 1200
    # “the” and “near” hold the sentences together; the words of the two kinds are named before them.
    assert "the" not in [found.words[i] for i in found.order[:8]]
    assert sorted(found.order) == list(range(len(found.words)))
    assert set(found.points()) == {"x", "y", "colour", "name", "size"}
    assert newest_map(run, frames).positions.shape[0] == 1
    assert newest_map(run, []) is None


def test_a_frame_that_is_gone_is_passed_over(full_home):
    run = full_home.runs()[0]
    frames = full_home.frames(run.id)
    frames[0].path.unlink()
    assert len(recording(run, frames).frames) == len(frames) - 1


def test_a_caption_says_when(tmp_path):
    assert caption(Frame(0, tmp_path, 1, 3, 0.4, 0.84)) == "0.8 s · 40 %"
