"""One run in full: what can be done with it, its recipe, the command that repeats it, its log and its files."""

import shlex

import streamlit as st

from core.errors import SemascopeError
from core.params import describe
from core.runs.compiled import MUCH_COMPILING
from core.runs.dispatcher import ensure_dispatcher
from core.runs.events import compiling_seconds
from core.runs.prices import Predicted, deviation, fewer_threads
from core.runs.records import Result
from core.runs.spec import IMPORTED, Spec
from core.runs.views import RunView
from pages.ui import guards
from pages.ui.beginning import begun_from
from pages.ui.cards import PAGES, state_badge
from pages.ui.exports import exports
from pages.ui.routes import FILES, export_url, file_name, file_url
from pages.ui.session import label, store
from pages.ui.text import duration, md, size
from pages.ui.train_form import adopt_recipe
from pages.ui.undo import remember_deleted

__all__ = ["command_line", "details"]

LOG_TAIL = 6000
FEW_SECONDS = 10.0


def details(run: RunView) -> None:
    """Draw the chosen run."""
    with st.container(border=True, key="run_details"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.subheader(md(label(run), 80), anchor=False, width="content")
            state_badge(run, store().ahead(run.id) if run.state == "queued" else 0)
        st.caption(f"id {md(run.id)}", help="The run's name on the command line and in links.")
        if run.reason:
            boxes = {"failed": st.error, "damaged": st.error, "finished": st.info}
            box = boxes.get(run.state, st.warning)
            box(md(run.reason, 500))
        if begun := begun_from(run.spec):
            st.caption(f":material/start: {md(begun, 400)}")
        if run.result and run.result.accuracy:
            st.markdown(f":material/fact_check: {md(run.result.accuracy.sentence, 300)}")
        _actions(run)
        if run.spec and run.spec.predicted:
            came = run.result if run.state == "finished" and not run.ended_early else None
            _price(run.spec.predicted, came, compiling_seconds(run.folder), run.spec)
        names = ["Export", "Recipe", "Log", "Files"] if run.spec else ["Log", "Files"]
        for name, tab in zip(names, st.tabs(names, on_change="rerun", key="details.tabs"), strict=True):
            if tab.open:
                with tab:
                    {"Export": _exports, "Recipe": _recipe, "Log": _log, "Files": _files}[name](run)


def command_line(run: RunView, source: str = "") -> str:
    """The command that repeats the run; `source` names the file where the corpus is not in the store."""
    if run.spec is None or run.spec.params is None:
        return ""
    spec, settings, params = run.spec, run.spec.settings, run.spec.params
    parts = ["python", "-m", "core", "train", source or settings.corpus, "--architecture", spec.architecture]
    parts += ["--preset", settings.preset, "--seed", str(settings.seed), "--held-out", f"{settings.held_out:g}"]
    parts += ["--min-count", str(settings.min_count), "--max-vocabulary", str(settings.max_vocabulary)]
    if settings.threads:
        parts += ["--threads", str(settings.threads)]
    for word in settings.watched:
        parts += ["--watch", word]
    if settings.begin_from:
        parts += ["--begin-from", settings.begin_from]
    values = settings.model_dump() | params.model_dump()
    for info in describe(type(params)):
        if not info.applies(values):
            continue
        parts += ["--set", f"{info.name}={_plain(getattr(params, info.name))}"]
    return shlex.join(parts)


def _plain(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:g}" if isinstance(value, float) else str(value)


def _actions(run: RunView) -> None:
    with st.container(horizontal=True, key="run_actions"):
        if (
            run.has_vectors
            and not run.active
            and st.button("Open the map", key="act.map", type="primary", icon=":material/scatter_plot:")
        ):
            st.switch_page(PAGES / "explore/map.py", query_params={"run": run.id})
        if run.state != "damaged" and st.button(
            "Training", key="act.train", icon=":material/show_chart:", help="Its curve and its moving map."
        ):
            st.switch_page(PAGES / "train/train.py", query_params={"run": run.id})
        if run.active and st.button("Stop", key="act.stop", icon=":material/stop:", help="Keeps what it has learned."):
            store().stop(run.id)
            st.rerun()
        if run.can_resume and st.button(
            "Resume", key="act.resume", icon=":material/resume:", help="Goes on from the last checkpoint."
        ):
            store().resume(run.id)
            ensure_dispatcher(store())
            st.rerun()
        if (
            run.spec
            and run.architecture != IMPORTED
            and st.button(
                "Retrain with this recipe",
                key="act.again",
                icon=":material/replay:",
                help="Opens Train with these settings; corpus and all else can be changed.",
            )
        ):
            adopt_recipe(run.spec)
            st.switch_page(PAGES / "train/train.py")
        with st.popover("Rename", icon=":material/edit:", disabled=run.state == "damaged"):
            name = st.text_input(
                "Name", value=label(run), max_chars=120, key=f"rename.{run.id}", help="A label; the id stays."
            )
            if st.button("Save the name", key=f"rename.save.{run.id}"):
                try:
                    store().rename(run.id, name)
                except SemascopeError as error:
                    guards.show_error(error)
                    return
                st.rerun()
        if st.button("Delete", key="act.delete", icon=":material/delete:", help="Can be undone for seven days."):
            try:
                name = label(run)
                store().delete(run.id)
            except SemascopeError as error:
                guards.show_error(error)
                return
            remember_deleted("run", run.id, name)
            guards.forget_run()
            st.rerun()


def _price(told: Predicted, came: Result | None, compiling: float, spec: Spec) -> None:
    """What was predicted before Start beside what came true; without a true side for what has not run to its end.

    Compiling, which settings of a kind need once on a machine, is not in the price of a training and told apart.
    """
    apart = compiling if _much(compiling) else 0.0
    how = "by a trial of three seconds" if told.by == "trial" else "by its size"
    if told.busy:
        how += " on a busy machine"
    threads = f"{told.threads} thread{'s' if told.threads > 1 else ''}"
    fewer = fewer_threads(spec.settings.threads, came.threads if came else told.threads, spec.architecture)
    helps = (
        f"From the start of the trainer to its result, over all attempts. Predicted {how}, for {threads}"
        + (f"; it had {came.threads}." if came and came.threads not in (0, told.threads) else ".")
        + (f" {fewer}" if fewer else ""),
        f"Peak of the trainer's memory. Predicted {how}.",
    )
    true = (came.seconds.total, float(came.memory)) if came else (0.0, 0.0)
    with st.container(horizontal=True, key="run_price"):
        for title, shown, expected, real, text in zip(
            ("Time", "Memory"), (duration, size), (told.seconds, float(told.memory)), true, helps, strict=True
        ):
            if real > 0:
                # Of a few seconds most is spent on starting; how far off that is in percent tells nothing.
                own = max(0.0, real - apart) if title == "Time" else real
                few = title == "Time" and max(expected, own) < FEW_SECONDS
                predicted = f"predicted {shown(expected)}" + ("" if few else f" ({deviation(expected, own)})")
                if title == "Time":
                    predicted += _compiling(told.compiling, apart)
                st.metric(
                    title, shown(real), predicted, delta_color="off", delta_arrow="off", help=text, width="content"
                )
            else:
                ahead = _to_compile(told.compiling) if title == "Time" else ""
                st.metric(f"{title}, predicted", f"{shown(expected)}{ahead}", help=text, width="content")


def _compiling(told: float, came: float) -> str:
    """What was predicted of compiling, and what it took, to go on from what was predicted of training."""
    ahead = _to_compile(told)
    if came:
        return f"{ahead}, which took {came:.0f} s" if ahead else f"; {came:.0f} s more to compile"
    return f"{ahead}, which was done by then" if ahead else ""


def _to_compile(seconds: float) -> str:
    return f" and {seconds:.0f} s to compile" if _much(seconds) else ""


def _much(compiling: float) -> bool:
    return compiling >= MUCH_COMPILING


def _exports(run: RunView) -> None:
    if run.active or not run.has_vectors:
        st.caption(f"There is nothing to export yet: it is {run.shown}.")
        return
    for one in exports():
        with st.container(border=True, gap="xsmall"):
            with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
                st.markdown(f"**{md(one.title)}**", width="content")
                st.link_button(
                    "Download", export_url(run.id, one.name), key=f"export.{one.name}", icon=":material/download:"
                )
            st.caption(md(one.summary, 300))
            with st.expander("Load it again"):
                st.code(one.lines.replace("{file}", file_name(run, one.suffix, one.name)), language="python")


def _recipe(run: RunView) -> None:
    assert run.spec is not None
    again = command_line(run)
    if again:
        st.caption("The command that repeats it; with one thread the same bytes.")
        st.code(again, language="bash", wrap_lines=True)
    st.caption("The recipe, as spec.json holds it.")
    st.json(run.spec.to_json(), expanded=2)


def _log(run: RunView) -> None:
    try:
        with (run.folder / "log.txt").open("rb") as log:
            log.seek(0, 2)
            log.seek(max(0, log.tell() - LOG_TAIL))
            text = log.read().decode("utf-8", "replace")
    except OSError:
        text = ""
    if text.strip():
        st.caption("The end of the trainer's log.")
        st.code(text, language=None)
    else:
        st.caption("The log is empty: nothing unusual was written.")


def _files(run: RunView) -> None:
    digest = run.result.vectors_sha256 if run.result else ""
    if digest:
        st.caption("SHA-256 of vectors.safetensors: the same hash means the same vectors.")
        st.code(digest, language=None)
    rows = sorted(path for path in run.folder.rglob("*") if path.is_file() and not path.name.startswith("."))
    total = sum(path.stat().st_size for path in rows)
    st.caption(f"{len(rows)} files, {size(total)}, in {md(str(run.folder), 200)}")
    with st.container(horizontal=True):
        for path in rows:
            if path.parent == run.folder and FILES.fullmatch(path.name):
                st.link_button(
                    f"{md(path.name)} · {size(path.stat().st_size)}",
                    file_url(run.id, path.name),
                    key=f"file.{path.name}",
                    icon=":material/download:",
                )
    st.dataframe(
        [{"File": path.relative_to(run.folder).as_posix(), "Size": size(path.stat().st_size)} for path in rows[:200]],
        hide_index=True,
        alt="Files of the run",
    )
