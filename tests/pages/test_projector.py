"""The projector switch: in the session and in the link, on every page, and what it enlarges."""

import pytest

from pages.ui.projector import PROJECTOR


def switched(app, on):
    app.toggle(key=PROJECTOR).set_value(on).run()
    assert not app.exception, app.exception
    return app


def shown_scale(monkeypatch):
    """What a page asks the point map for."""
    asked = []
    monkeypatch.setattr("pages.ui.live_parts.point_map", lambda *_, **options: asked.append(options["label_scale"]))
    return asked


def test_it_is_off_and_not_in_the_link_until_it_is_switched(full_home, open_page):
    app = open_page("home.py")
    assert app.toggle(key=PROJECTOR).value is False
    assert PROJECTOR not in app.query_params


def test_switching_puts_it_into_the_link_and_takes_it_out_again(full_home, open_page):
    app = switched(open_page("home.py"), True)
    assert app.query_params[PROJECTOR] in ("1", ["1"])
    switched(app, False)
    assert PROJECTOR not in app.query_params
    assert app.toggle(key=PROJECTOR).value is False


@pytest.mark.parametrize(("linked", "on"), [("1", True), ("0", False), ("<b>yes</b>", False)])
def test_a_link_decides(full_home, open_page, linked, on):
    app = open_page("home.py", projector=linked)
    assert app.toggle(key=PROJECTOR).value is on


def test_a_click_in_the_navigation_keeps_it(full_home, open_page):
    app = switched(open_page("home.py"), True)
    app.query_params.clear()
    app.switch_page("train/runs.py").run()
    assert app.toggle(key=PROJECTOR).value is True
    assert app.query_params[PROJECTOR] in ("1", ["1"])


@pytest.mark.parametrize(("linked", "scale"), [("1", 2.0), ("0", 1.0)])
def test_names_on_maps_are_twice_as_large(full_home, open_page, monkeypatch, linked, scale):
    asked = shown_scale(monkeypatch)
    open_page("train/train.py", run=full_home.runs()[0].id, projector=linked)
    assert asked == [scale]


def test_a_room_sees_the_training_first(full_home, open_page):
    run = full_home.runs()[0].id
    assert "Train again" not in [one.label for one in open_page("train/train.py", run=run).expander]
    assert "Train again" in [one.label for one in open_page("train/train.py", run=run, projector="1").expander]
