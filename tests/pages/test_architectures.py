"""Each registered architecture on the Train page: its own fields, a price, Start, and the view of its run."""

import pytest

from core.architecture import ARCHITECTURES
from core.params import describe
from core.runs.settings import default_min_count
from core.runs.trainer import train_run
from pages.ui.architecture_picker import REFUSED
from pages.ui.text import md


@pytest.mark.parametrize("architecture", list(ARCHITECTURES), ids=lambda unit: unit.name)
def test_chosen_started_and_looked_at(full_home, open_page, architecture):
    app = open_page("train/train.py")
    corpus = full_home.corpus(full_home.corpora()[0].id)
    reason = architecture.refuses(corpus.size(default_min_count(corpus.tokens_total), 200_000))
    if reason is not None:  # greyed out, with the reason
        refused = app.radio(key=REFUSED)
        assert md(architecture.title) in refused.options
        assert any(md(reason, 300) == told for told in refused.proto.captions)
        return
    app.radio(key="form.architecture").set_value(architecture.name).run()
    assert not app.exception, app.exception
    shown = {one.key for kind in ("number_input", "selectbox", "toggle", "checkbox") for one in app.get(kind)}
    shown |= {one.key for one in app.get("segmented_control") + app.get("button_group") + app.get("radio")}
    infos = describe(architecture.Params)
    values = {info.name: info.default for info in infos}
    offered = {info.name for info in infos if f"form.{architecture.name}.{info.name}" in shown}
    # What does nothing under the settings as they are is not offered.
    assert offered == {info.name for info in infos if info.applies(values)}
    assert ("form.run.threads" in shown) == architecture.threaded
    seed = app.number_input(key="form.run.seed")
    assert ("the same whatever the seed" in seed.help) != architecture.seeded
    app.number_input(key="form.run.held_out").set_value(0.0).run()
    left = {one.key for one in app.number_input}
    assert ("form.run.seed" in left) == architecture.seeded, "there is nothing left that it decides"
    # Of a hundredth of these lines that would be the one alone whose words stand in no other.
    app.number_input(key="form.run.held_out").set_value(0.1).run()
    assert {"About", "Memory"} <= {one.label for one in app.metric}
    app.button(key="start").click().run()
    assert not app.exception, app.exception
    run = full_home.runs()[0]
    assert (run.architecture, run.state) == (architecture.name, "queued")
    assert train_run(full_home, run.id) == 0
    app = open_page("train/train.py", run=run.id)
    figures = {one.label: one.value for one in app.metric}
    assert ("Loss" in figures, "Words" in figures) == (bool(architecture.loss_unit), not architecture.loss_unit)
    assert ("Held-out loss" in figures) == architecture.measures_held_out
    assert [name for name, value in figures.items() if value == "–"] in ([], ["Words per second"])
    assert any("no loss: its vectors are computed" in one.value for one in app.caption) != bool(architecture.loss_unit)
    assert not open_page("home.py").error
