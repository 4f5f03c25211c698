"""Runs: plain files are the truth, processes come and go.

store, places, paths       corpora and runs under one folder; ids become paths in one place
spec, settings             the recipe of a run, written once, validated whenever it is read
state, records, locks      what state a run is in, derived from facts; views gathers it for lists and pages
dispatcher, trainer        start what is queued; train one run (training, frame_writer) in a process of its own
metrics, events, frames    what a training says while it runs, read piece by piece
checkpoints, spaces        what it keeps: enough to go on from, and the vectors
requests, worker, tasks    what one warm process computes, as jobs: maps, scores, kernels; asked twice, answered once
studies                    several runs stored together: seeds, duels, searches
prices, probing            what a training will take: told by its size, and by a trial of three seconds
portions, compiled         what a trial does where the first seconds tell nothing; what is compiled already
archive, archive_corpus    a run as one zip, out and in
follow, processes, trash   a run to its end; children told from strangers; deleting that can be undone
"""
