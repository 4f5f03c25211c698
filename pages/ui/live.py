"""A training as it happens and as it happened: state, figures, curve, moving map, watched words, playback.

A fragment that looks again twice a second while there is something to see, and rests otherwise. It reads only what
is new of the logs. Pace is playback: the trainer runs at full speed, the page shows its frames at a speed for people.
"""

import time
from dataclasses import dataclass, field
from typing import Any, Literal

import streamlit as st

from core.errors import SemascopeError
from core.params import describe
from core.runs.dispatcher import ensure_dispatcher
from core.runs.events import read_events, sentence
from core.runs.frames import Frame
from core.runs.metrics import Row
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.beginning import kept_still
from pages.ui.cards import PAGES, STATE_HELP, origin, state_badge
from pages.ui.live_parts import curve, figures, moving_map, progress, watched
from pages.ui.session import label, store
from pages.ui.text import ago, md, worded

__all__ = ["MODES", "live_view", "play_from_start", "set_mode"]

TICK = 0.5
TIMED_SECONDS = 30.0
BROUGHT = "These vectors were brought along; there is no training to see."
Mode = Literal["live", "timed", "step"]
MODES: dict[Mode, str] = {"live": "Live", "timed": "In 30 seconds", "step": "One a click"}


@dataclass
class Following:
    """What a session has read of a run so far; data only, it lives in the session state."""

    metrics_at: int = 0
    rows: list[Row] = field(default_factory=list)
    events_at: int = 0
    moments: list[dict[str, Any]] = field(default_factory=list)
    told: str = ""
    begun: str = ""
    frames: list[Frame] = field(default_factory=list)
    frames_seen: int = -1


def play_from_start(run: str) -> None:
    """Show the run's recording in 30 seconds as soon as it has one."""
    set_mode(run, "timed")
    st.session_state[_key("turn", run)] = st.session_state.get(_key("turn", run), 0) + 1


def set_mode(run: str, mode: Mode) -> None:
    """Show the frames of a run at this pace from now on."""
    st.session_state[_key("mode", run)] = mode
    if mode == "timed":
        st.session_state[_key("since", run)] = time.monotonic()


def live_view(run: RunView) -> None:
    """Draw a run, again and again while it changes."""
    busy = run.active or _playing(run)
    st.session_state[_key("busy", run.id)] = busy
    st.fragment(_live, run_every=TICK if busy else None)(run.id)


def _live(identifier: str) -> None:
    try:
        run = store().run(identifier)
    except SemascopeError as error:
        guards.show_error(error)
        st.session_state[_key("busy", identifier)] = False
        return
    if run.state == "queued":
        ensure_dispatcher(store())
    seen = _follow(run)
    was_active = st.session_state.get(_key("active", run.id))
    st.session_state[_key("active", run.id)] = run.active
    if was_active and not run.active and _mode(run) == "timed":
        st.session_state[_key("since", run.id)] = time.monotonic()  # the recording is whole now: from its start
    busy = run.active or _playing(run)
    if st.session_state.get(_key("busy", run.id)) and not busy:
        st.session_state[_key("busy", run.id)] = False
        st.rerun()  # the timer off, and all that stands around the fragment as it is now
    _title(run, seen)
    at = _playhead(run, seen)
    _head(run)
    if seen.begun:
        st.caption(f":material/start: {md(f'{seen.begun} {kept_still(run.spec)}'.strip(), 400)}")
    progress(run, seen.rows)
    if run.active or seen.rows or seen.frames:
        _recorded(run, seen, at)
    elif run.state in ("finished", "stopped"):
        brought = run.spec is not None and run.spec.params is None
        st.caption(BROUGHT if brought else "Nothing was recorded: the training ended before it began.")
    if not run.active:
        _ended(run)


def _recorded(run: RunView, seen: Following, at: Frame | None) -> None:
    """Figures, curve, map and watched words, up to the moment on screen."""
    rows = [row for row in seen.rows if at is None or row["block"] <= at.block]
    figures(run, rows, at)
    if at is None and run.result and run.result.accuracy:
        st.markdown(f":material/fact_check: {md(run.result.accuracy.sentence, 300)}")
    left, right = st.columns([5, 6], gap="medium")
    with left:
        curve(run, rows, seen.rows)
        moment = _moment(seen, at)
        if told := _told(seen, at):
            st.caption(f":material/bolt: {md(told, 200)}")
    with right:
        moving_map(run, seen.frames, _mode(run), TIMED_SECONDS, _watched_first(run, moment))
        _modes(run)
    watched(run, moment)


def _head(run: RunView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.subheader(md(label(run), 70), anchor=False, width="content")
        state_badge(run, store().ahead(run.id) if run.state == "queued" else 0)
        st.space("stretch")
        if run.active and st.button(
            "Stop",
            key=f"stop-{run.id}",
            icon=":material/stop:",
            disabled=run.state == "stopping",
            help="Ends the training; what was learned is kept, and Resume goes on from there.",
        ):
            store().stop(run.id)
            st.rerun(scope="fragment")
    st.caption(" · ".join(_facts(run)), help=STATE_HELP.get(run.shown))
    if run.state == "failed":
        st.error(md(run.reason or "It failed without saying why; its log says more.", 500), icon=":material/error:")
    elif run.state == "interrupted":
        st.warning(md(run.reason, 300), icon=":material/bolt:")
    elif run.state == "damaged":
        st.error(md(run.reason, 300), icon=":material/broken_image:")
    elif run.reason and (run.state == "stopped" or run.ended_early):
        st.info(md(run.reason, 300))


def _facts(run: RunView) -> list[str]:
    """What the heading does not say: architecture and corpus, the settings that matter, the time."""
    values = run.spec.params.model_dump() if run.spec and run.spec.params else {}
    many = [(values[name], name) for name in ("dimensions", "topics", "epochs") if name in values]
    told = [f"{number} {name if number != 1 else name.removesuffix('s')}" for number, name in many]
    # Runs of one architecture on one corpus look alike: what is not as usual tells them apart.
    usual = (
        {info.name: info.default for info in describe(type(run.spec.params))} if run.spec and run.spec.params else {}
    )
    told += [
        md(worded(str(values[name])), 40) for name in ("output", "optimiser") if values.get(name) != usual.get(name)
    ]
    return [*origin(run), *told, ago(run.started or run.created)]


def _ended(run: RunView) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"ended-{run.id}"):
        if run.has_vectors:
            # Links, not st.switch_page: a report of the map that is under way while a fragment switches pages reaches
            # the server late and is answered for the page that was left, which takes the new page down.
            for name, icon, page in (
                ("**Open the map**", "scatter_plot", "explore/map.py"),
                ("Neighbours", "hub", "explore/neighbours.py"),
                ("Judge", "balance", "judge/bias.py"),
                ("Export", "download", "train/runs.py"),
            ):
                with st.container(border=True, width="content", key=f"go-{icon}-{run.id}"):
                    st.page_link(PAGES / page, label=name, icon=f":material/{icon}:", query_params={"run": run.id})
        if run.can_resume and st.button(
            "Resume",
            key=f"resume-{run.id}",
            icon=":material/resume:",
            type="secondary" if run.has_vectors else "primary",
            help="Goes on from the last checkpoint, as if it had never stopped.",
        ):
            try:
                store().resume(run.id)
            except SemascopeError as error:
                guards.show_error(error)
                return
            ensure_dispatcher(store())
            st.session_state.pop(_key("mode", run.id), None)
            st.session_state[_key("turn", run.id)] = st.session_state.get(_key("turn", run.id), 0) + 1
            st.rerun()


def _modes(run: RunView) -> None:
    # The widget only reports clicks; what holds is kept apart from it, where no rerun in mid-flight can drop it.
    turn = st.session_state.setdefault(_key("turn", run.id), 0)
    widget = f"pace.{run.id}.{turn}"

    def chosen() -> None:
        picked = st.session_state.get(widget)
        if picked in MODES:
            set_mode(run.id, picked)

    st.segmented_control(
        "Pace",
        list(MODES),
        default=_mode(run),
        key=widget,
        format_func=MODES.__getitem__,
        on_change=chosen,
        required=True,
        label_visibility="collapsed",
        help="The training runs at full speed; this is only how its recorded frames are shown.",
    )
    if st.session_state.get(_key("busy", run.id)) is False and _playing(run):
        st.rerun()  # the timer on


def _mode(run: RunView) -> Mode:
    mode: Mode = st.session_state.get(_key("mode", run.id), "live")
    return mode


def _playing(run: RunView) -> bool:
    since = st.session_state.get(_key("since", run.id), 0.0)
    return _mode(run) == "timed" and time.monotonic() - since < TIMED_SECONDS + 2 * TICK


def _playhead(run: RunView, seen: Following) -> Frame | None:
    """The frame that curve and figures keep pace with; None for all there is."""
    mode, frames = _mode(run), seen.frames
    if not frames or (mode == "live" and run.active) or (mode == "timed" and run.active):
        return None
    if mode == "timed" and _playing(run):
        share = (time.monotonic() - st.session_state.get(_key("since", run.id), 0.0)) / TIMED_SECONDS
        return frames[min(len(frames) - 1, int(share * (len(frames) - 1)))]
    from pages.ui.live_parts import map_key
    from pages.ui.point_map import map_state

    at = map_state(map_key(run.id)).frame
    if at is None:
        return frames[0] if mode == "step" else None
    return None if at >= len(frames) - 1 else frames[at]


def _follow(run: RunView) -> Following:
    key = _key("following", run.id)
    seen: Following = st.session_state.get(key) or Following()
    st.session_state[key] = seen
    seen.metrics_at, seen.rows = store().metrics(run.id, seen.metrics_at, seen.rows)
    seen.events_at, events = read_events(run.folder / "events.jsonl", seen.events_at)
    for event in events:
        if event["kind"] == "frame":
            seen.moments = [one for one in seen.moments if one.get("block", 0) < event.get("block", 0)]
            seen.moments.append(event)
        if event["kind"] == "begun":
            seen.begun = sentence(event)
        else:
            seen.told = sentence(event) or seen.told
    if len(seen.moments) != seen.frames_seen or any(event["kind"] == "frame" for event in events):
        seen.frames, seen.frames_seen = store().frames(run.id), len(seen.moments)
    return seen


def _moment(seen: Following, at: Frame | None) -> dict[str, Any]:
    """The frame event that belongs to the frame on screen."""
    found = [one for one in seen.moments if at is None or one.get("block", 0) <= at.block]
    return found[-1] if found else {}


def _told(seen: Following, at: Frame | None) -> str:
    if at is None:
        return seen.told
    told = [sentence(one) for one in seen.moments if one.get("block", 0) <= at.block]
    return next((text for text in reversed(told) if text), "")


def _watched_first(run: RunView, moment: dict[str, Any]) -> list[str]:
    neighbours = moment.get("neighbours")
    if not isinstance(neighbours, dict):
        return list(run.spec.settings.watched) if run.spec else []
    near = [str(one[0]) for found in neighbours.values() for one in found if one]
    return [*neighbours, *near]


def _title(run: RunView, seen: Following) -> None:
    """The browser tab says how far it is, for people who look elsewhere meanwhile."""
    if run.active and seen.rows:
        st.set_page_config(page_title=f"● {100 * seen.rows[-1]['fraction']:.0f} %")
    elif st.session_state.get(_key("was", run.id)) and not run.active:
        st.set_page_config(page_title="✓ done" if run.state == "finished" else f"{run.shown}")
    if run.active:
        st.session_state[_key("was", run.id)] = True


def _key(name: str, run: str) -> str:
    return f"live.{name}.{run}"
