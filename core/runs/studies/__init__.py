"""Studies: several runs stored together, made by one request. Three kinds of one shape.

seeds     one recipe trained k times with different seeds; its runs are simply queued
duel      several recipes for one corpus, each with the same seconds of training, one after the other, alone
search    settings of one architecture, chosen by optuna for the best score, one training after another

A study is a folder `workspaces/local/studies/<id>/` with `study.json`, written once; its runs are ordinary runs whose
spec.json names the study and their number in it. Nothing else says who belongs to it, and its state is derived as
that of a run: a duel and a search have a driver (a process with a lock, attempts, results, a `stop` file, started by
the dispatcher as trainers are), the state of seeds is what those of its runs amount to.

What pages and commands call:

    from core.runs.spec import make_spec
    from core.runs.studies.spec import make_seeds, make_duel, make_search       # ask; SettingsError says what is wrong
    from core.runs.studies.ranges import default_ranges, searchable, parse_range  # what a search may choose from
    from core.runs.studies.keeping import (
        create_study(store, spec) -> id,    # then ensure_dispatcher(store), as for runs
        studies(store) -> [StudyView], study(store, id) -> StudyView,
        stop_study, resume_study, delete_study, undelete_study, rename_study (store, id)
    )
    RunView.study, StudyView.rows[i].run    # from a run to its study and back

`StudyView` (views) has state, reason, fraction, rows and best; a `StudyRow` has the run's view, what differs, seconds,
words per second, held-out loss with its meaning, the value that decides with its error, all scores, and a note.

spec, ranges             what was asked, validated whenever it is read
keeping                  made, listed, stopped, resumed, deleted, taken back
views, rows, notes, scores   what lists and pages show
driver, driving, marks   the process that works through a duel or a search; what both take; what was made
duel, pace, quiet        the epochs that fit into a time, and training alone
search                   what optuna proposes
"""
